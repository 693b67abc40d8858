"""The contract, searching: an ability. What was committed is found by its words, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from innovationhub.domain.records import Record, key_of, record
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit, SupportsScrub
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded
from innovationhub.testing.samples import Paper, Sample, Tally, delete, put, version

__all__ = ["Searching"]

TEA = Paper("a", 1, "Tea on the ward", "A kettle beside every bed")
QUEUE = Paper("a", 2, "Shorter queues", "Tea while waiting: tea for two")
RAMP = Paper("b", 1, "Café at the ramp")
PAPERS = (TEA, QUEUE, RAMP)

TYPED: dict[str, tuple[Paper, ...]] = {
    **dict.fromkeys(("tea", '"tea"', '"tea', 'tea"', "tea'", "'tea", "-tea", "tea -"), (TEA, QUEUE)),
    **dict.fromkeys(
        ("(tea", "tea)", "tea\\", "tea:", ":tea", "!tea", "tea*", "tea;", "\ufefftea"), (TEA, QUEUE)
    ),
    **dict.fromkeys(("tea-kettle", "tea/ward", "kettle, tea!", "tea <-> ward", "tea\x00ward"), (TEA,)),
    **dict.fromkeys(
        ("^kettle", "kettle | tea", "kettle & tea", "-tea kettle", "!tea & ward", "bed + tea"), (TEA,)
    ),
    **dict.fromkeys(
        ("title:kettle", "title : kettle", "{title}: kettle", "- title : kettle", "te*", "te:*", "te_"), ()
    ),
    **dict.fromkeys(
        ("NEAR", "NEAR(tea kettle)", "NEAR(tea kettle, 9)", "tea | nothing", "!nothing", "te%"), ()
    ),
    **dict.fromkeys(("tea; DROP TABLE paper", "ward \U0001d7ce", "nothing"), ()),
    **dict.fromkeys(
        ('"', '""', "'", "''", "()", "\\", "%", "*", "^", "-", ":", "!", "|", "&", "...", ",;?"), ()
    ),
    **dict.fromkeys(("", " ", "\n\t", "\x00", "\x01", "\ufeff", "\u0301", "🙂"), ()),
}
"""What is typed, and what has its words: signs that are operators to some engine are none here, nor words."""

AT_MOST: dict[str, tuple[Paper, ...]] = {
    "AND": (),
    "OR": (),
    "NOT": (),
    "tea AND": (TEA, QUEUE),
    "OR tea": (TEA, QUEUE),
    "tea OR ward": (TEA,),
    "tea NOT ward": (TEA,),
    "tea AND NOT kettle": (TEA,),
}
"""Words that are operators to some engine. They are words; an engine that looks for none so common leaves them out."""


@record("paper", key=("shelf", "number"), indexes=Paper.__schema__.indexes)
@attrs.frozen
class Plain(Record):
    """`Paper` as an earlier version has it: nobody searched it."""

    shelf: str
    number: int
    title: str = ""
    body: str | None = None
    weight: int = 0


@record("paper", key=("shelf", "number"), indexes=Paper.__schema__.indexes, search=("title",))
@attrs.frozen
class Titled(Record):
    """`Paper` as another version has it: only titles are searched."""

    shelf: str
    number: int
    title: str = ""
    body: str | None = None
    weight: int = 0


class Searching(StoreCase):
    """Finding by words, for stores that do (`SupportsSearch`)."""

    def test_a_record_is_found_by_the_words_in_it(self, store: Guarded) -> None:
        """Each word of any of its fields that are searched, in any case; all of them must be there."""
        put(store, *PAPERS)
        assert _found(store, "kettle") == {TEA}
        assert _found(store, "KETTLE") == _found(store, "Kettle") == {TEA}
        assert _found(store, "tea") == {TEA, QUEUE}
        assert _found(store, "kettle ward tea") == {TEA}
        assert _found(store, "tea queues") == {QUEUE}
        assert _found(store, "café") == _found(store, "CAFÉ") == {RAMP}
        assert _found(store, "kettle queues") == set()
        assert _found(store, "kett") == set()
        assert _found(store, "nothing") == set()

    def test_what_is_not_searched_finds_nothing(self, store: Guarded) -> None:
        """Neither other fields nor keys, and no record of another class."""
        put(store, Paper("kettle", 7, weight=7), Sample("kettle", 1, note="kettle"), Tally("kettle"))
        assert _found(store, "kettle") == _found(store, "7") == set()

    def test_a_record_is_found_by_what_it_says_now(self, store: Guarded) -> None:
        """Not by what it said before it was written anew, and not once it is deleted."""
        put(store, *PAPERS)
        put(store, attrs.evolve(TEA, title="Coffee on the ward", weight=1))
        put(store, attrs.evolve(QUEUE, weight=2))
        now = attrs.evolve(TEA, title="Coffee on the ward", weight=1)
        assert _found(store, "tea") == {attrs.evolve(QUEUE, weight=2)}
        assert _found(store, "coffee kettle") == {now}
        put(store, attrs.evolve(now, body=None))
        assert _found(store, "kettle") == set()
        delete(store, now)
        assert _found(store, "coffee") == _found(store, "ward") == set()
        put(store, TEA)
        assert (_found(store, "coffee"), _found(store, "kettle")) == (set(), {TEA})

    def test_many_written_at_once_are_found(self, store: Guarded) -> None:
        """Made, changed and deleted in one commit each, as commands that wait together are."""
        papers = [Paper("m", place, f"common n{place}") for place in range(60)]
        put(store, *papers)
        assert _found(store, "common") == set(papers)
        changed = [attrs.evolve(each, title=f"changed n{each.number}") for each in papers]
        put(store, *changed[:40])
        assert _found(store, "common") == set(papers[40:])
        assert _found(store, "changed") == set(changed[:40])
        assert _found(store, "n7") == {changed[7]}
        delete(store, *changed[:40])
        assert (_found(store, "changed"), _found(store, "common")) == (set(), set(papers[40:]))

    def test_a_commit_that_was_not_done_is_not_found(self, store: Guarded) -> None:
        """Words change with their rows, wholly or not at all."""
        put(store, TEA, Tally("moved"))
        stale = version(store, Tally("moved"))
        put(store, Tally("moved", 1))
        relied = {key_of(TEA): version(store, TEA), key_of(QUEUE): None, key_of(Tally("moved")): stale}
        changed = attrs.evolve(TEA, title="Coffee")
        for puts, deletes in (((changed, QUEUE), ()), ((QUEUE,), (key_of(TEA),))):
            with pytest.raises(Conflict):
                store.commit(Commit(relied, puts, deletes))
        assert (_found(store, "tea"), _found(store, "coffee")) == ({TEA}, set())

    @pytest.mark.parametrize("words", TYPED)
    def test_what_is_typed_is_words_and_no_query(self, store: Guarded, words: str) -> None:
        """Whatever an engine's own language makes of it: what has the words is found, and nothing else."""
        put(store, *PAPERS)
        assert _found(store, words) == set(TYPED[words])

    @pytest.mark.parametrize("words", AT_MOST)
    def test_a_word_is_no_operator(self, store: Guarded, words: str) -> None:
        """Also where it is one in an engine's language: nothing is found that lacks one of the others."""
        put(store, *PAPERS)
        assert _found(store, words) <= set(AT_MOST[words])

    def test_what_stands_between_words_tells_them_apart(self, store: Guarded) -> None:
        """In what is searched too: no sign, and no line's end, makes one word of two."""
        rows = [Paper("s", place, f"left{sign}right") for place, sign in enumerate("-/.,:;@'_+\n\t")]
        put(store, *rows)
        for words in ("left", "right", "right left"):
            assert _found(store, words) == set(rows)

    def test_the_best_match_is_first(self, store: Guarded) -> None:
        """More mentions before fewer among texts of one length; then by key. The same each time, cut at the limit."""
        rows = [
            Paper("z", 1, "ward ward ward ward"),
            Paper("a", 2, "ward table chair lamp"),
            Paper("a", 1, "ward table chair lamp"),
            Paper("b", 1, "ward ward table lamp"),
        ]
        put(store, *rows)
        best = [rows[0], rows[3], rows[2], rows[1]]
        assert store.search(Paper, "ward") == best
        assert store.search(Paper, "ward") == best
        for limit in (1, 2, 3):
            assert store.search(Paper, "ward", limit) == best[:limit]

    def test_many_words_are_no_burden(self, store: Guarded) -> None:
        """A page of text pasted in finds what has the words, or nothing, and breaks nothing."""
        put(store, TEA)
        assert _found(store, " ".join(["kettle"] * 500)) == {TEA}
        assert _found(store, " ".join(f"w{number}" for number in range(500))) == set()
        assert _found(store, "x" * 5000) == set()

    def test_words_of_what_was_there_before_are_found(self, tmp_path: Path) -> None:
        """Where a later version of a class begins to be searched, or in other fields: rows that were there as well."""
        self.needs_lasting()
        folder = self.new_folder(tmp_path, "began")
        first = self.opened(folder, (Plain,))
        put(first, *(_as(Plain, each) for each in PAPERS))
        first.close()
        again = self.opened(folder, (Paper,))
        assert _found(again, "kettle") == {TEA}
        delete(again, TEA)
        assert _found(again, "tea") == {QUEUE}
        again.close()
        titles = self.opened(folder, (Titled,))
        assert (titles.search(Titled, "tea"), titles.search(Titled, "queues")) == ([], [_as(Titled, QUEUE)])
        titles.close()
        assert _found(self.opened(folder, (Paper,)), "tea") == {QUEUE}

    def test_words_are_found_when_it_is_opened_again(self, store: Guarded) -> None:
        """And those of a version that did not search meanwhile."""
        self.needs_lasting()
        put(store, TEA, RAMP)
        store.close()
        between = self.opened(records=(Plain, Tally))
        put(between, _as(Plain, QUEUE), _as(Plain, attrs.evolve(RAMP, title="Lift")))
        delete(between, _as(Plain, TEA))
        between.close()
        again = self.opened()
        assert (_found(again, "tea"), _found(again, "kettle"), _found(again, "café")) == (
            {QUEUE},
            set(),
            set(),
        )
        assert _found(again, "lift") == {attrs.evolve(RAMP, title="Lift")}

    def test_deleted_words_leave_the_store(self, store: Guarded) -> None:
        """Once it has scrubbed, for stores that do: nothing of what was deleted or changed away is in its folder."""
        if not isinstance(store.store, SupportsScrub):
            pytest.skip("this store does not scrub (SupportsScrub): what its folder keeps is its own affair")
        kept = [Paper("k", place, f"kept words n{place}") for place in range(20)]
        put(store, *kept, Paper("s", 1, "quillwort", "zyzzyva"), Paper("s", 2, "quillwort bryozoan"))
        put(store, Paper("s", 2, "plain"))
        delete(store, Paper("s", 1))
        store.scrub()
        assert (_found(store, "quillwort"), _found(store, "kept")) == (set(), set(kept))
        store.close()
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        for word in (b"quillwort", b"zyzzyva", b"bryozoan", b"quill"):
            assert [file.name for file in files if word in file.read_bytes()] == []


def _found(store: Guarded, words: str) -> set[Paper]:
    rows = store.search(Paper, words)
    assert len(rows) == len(set(rows)), rows
    return set(rows)


def _as(cls: type[Plain] | type[Titled], paper: Paper) -> Record:
    return cls(paper.shelf, paper.number, paper.title, paper.body, paper.weight)
