"""Messages from templates: plain text and HTML of the same words.

A template (`confirmed.j2`) has three blocks: `subject`, `body`, and `next` (what to do now). The layouts put the facts
between the last two. Each is rendered twice, as text and, escaped, as HTML. A hub's own folder goes before the
package's: a file of the same name there takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import jinja2
from markupsafe import Markup

from innovationhub.courier.wording import clock, day, span
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Message, MessageKind
from innovationhub.domain.saying import Matter
from innovationhub.errors import Invalid

__all__ = ["Templates", "Unrenderable", "subject"]

LONGEST_SUBJECT = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Unrenderable(Exception):  # caught by the courier, which says it in its report
    """A template cannot be rendered: which, and why."""


def _paragraphs(text: str) -> Markup:
    """Paragraphs apart by blank lines, of what is escaped already."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return Markup("\n").join(Markup("<p>%s</p>") % Markup(part) for part in parts if part)  # noqa: S704  # escaped


def _plain(text: str) -> str:
    """Paragraphs of plain text, each on a line of its own, apart by blank lines."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in parts if part)


def _link(text: str, url: str) -> str:
    return f"{text}: {url}"


def _anchor(text: str, url: str) -> Markup:
    return Markup('<a href="%s">%s</a>') % (url, text)


@attrs.frozen(eq=False)
class Templates:
    """The templates of one hub. `folder` holds those that take the place of others; None: no such folder.

    `own` are those of plugins, by the kind of message.

    Raises `Invalid` naming `templates` when the folder is none, or holds a file that no message is made of.
    """

    folder: Path | None = None
    own: Mapping[str, str] = attrs.field(factory=dict)
    _text: jinja2.Environment = attrs.field(init=False, repr=False)
    _html: jinja2.Environment = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        loaders: list[jinja2.BaseLoader] = [jinja2.PackageLoader("innovationhub.courier", "templates")]
        loaders.append(jinja2.DictLoader({f"{kind}.j2": text for kind, text in self.own.items()}))
        if self.folder is not None:
            self._check(self.folder)
            loaders.insert(0, jinja2.FileSystemLoader(self.folder))
        object.__setattr__(self, "_text", _environment(loaders, _link, _plain, autoescape=False))
        object.__setattr__(self, "_html", _environment(loaders, _anchor, _paragraphs, autoescape=True))

    def _check(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Invalid("templates", f"must be a folder; got {str(folder)!r}", str(folder))
        known = {*(f"{kind}.j2" for kind in (*MessageKind, *self.own)), "layout.txt", "layout.html"}
        for path in sorted(folder.glob("*")):
            if path.suffix in {".j2", ".txt", ".html"} and path.name not in known:
                names = ", ".join(sorted(known))
                raise Invalid(
                    "templates", f"{path.name} is no message's template; they are {names}", path.name
                )

    def render(self, matter: Matter, delivery: Delivery, entry: Entry | None) -> Message:
        """The message of a delivery. Raises `Unrenderable`."""
        about = _about(matter)
        heading = self._rendered(matter.kind, lambda template: subject(template, about))
        about["heading"] = heading
        text = self._rendered(matter.kind, lambda template: template.render(about, layout="layout.txt"))
        html = self._rendered(
            matter.kind, lambda template: template.render(about, layout="layout.html"), html=True
        )
        return Message(
            key=delivery.id,
            kind=matter.kind,
            to=matter.to,
            subject=heading,
            text=text.strip() + "\n",
            html=html.strip() + "\n",
            at=entry.at if entry else delivery.due,
            attempt=max(1, delivery.attempts),
            facts=_facts(matter, about),
            invitation=matter.invitation,
            sender=matter.hub.name,
            reply_to=matter.hub.contact,
        )

    def _rendered(self, kind: str, made: Callable[[jinja2.Template], str], *, html: bool = False) -> str:
        environment = self._html if html else self._text
        try:
            return made(environment.get_template(f"{kind}.j2"))
        except jinja2.TemplateError as error:
            # a template's own words, never the values that it was given
            said = "" if isinstance(error, jinja2.TemplateNotFound) else error.message or ""
            why = f"{kind}.j2: {type(error).__name__}: {said}"
            raise Unrenderable(why.strip(": ")) from None
        except Exception as error:  # noqa: BLE001  # a hub's own template may do anything
            raise Unrenderable(f"{kind}.j2: {type(error).__name__}") from None


def subject(template: jinja2.Template, about: Mapping[str, object]) -> str:
    """The subject that a template gives: one line, without anything that could end a header."""
    block = template.blocks.get("subject")
    if block is None:
        raise jinja2.TemplateRuntimeError("it has no block subject")
    said = "".join(block(template.new_context(dict(about, layout="layout.txt"))))
    return " ".join(_CONTROL.sub(" ", said).split())[:LONGEST_SUBJECT]


def _environment(
    loaders: Sequence[jinja2.BaseLoader],
    link: Callable[[str, str], str],
    paragraphs: Callable[[str], str],
    *,
    autoescape: bool,
) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=autoescape,  # noqa: S701  # plain text is not escaped, and HTML is
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["link"] = link
    made.filters |= {"clock": clock, "day": day, "paragraphs": paragraphs}
    return made


def _about(matter: Matter) -> dict[str, object]:
    """What a template sees."""
    about: dict[str, object] = {
        field.name: getattr(matter, field.name)
        for field in attrs.fields(Matter)
        if field.name != "invitation"
    }
    about["name"] = matter.to.name
    about["when"] = span(matter.starts, matter.ends) if matter.starts and matter.ends else ""
    about["lines"] = list(_lines(matter))
    about["dates"] = [span(each.starts, each.ends) for each in matter.dates]
    about["alternatives"] = [
        f"{span(each.starts, each.ends)}{', ' + each.venue if each.venue else ''}"
        for each in matter.alternatives
    ]
    return about


def _lines(matter: Matter) -> Sequence[tuple[str, str]]:
    """The facts that every message about a session shows, each with its label."""
    when = span(matter.starts, matter.ends) if matter.starts and matter.ends else ""
    lines = [("Session", matter.title), ("When", when), ("Where", matter.venue)]
    if matter.dates:
        lines.append(("Next dates", "; ".join(span(each.starts, each.ends) for each in matter.dates)))
    if matter.workshop and matter.due is not None and matter.kind is not MessageKind.WORKSHOP_SCHEDULED:
        lines.append(("Next step by", f"{day(matter.due)}, {clock(matter.due)}"))
    if matter.owner:
        lines.append(("Led by", matter.owner))
    if matter.place is not None:
        lines.append(("Your place in the queue", str(matter.place)))
    if matter.offer_ends is not None:
        lines.append(("Answer by", f"{day(matter.offer_ends)}, {clock(matter.offer_ends)}"))
    return [(label, value) for label, value in (*lines, *matter.lines) if value]


def _facts(matter: Matter, about: Mapping[str, object]) -> dict[str, str]:
    """Plain values for a service that has templates of its own."""
    ends = matter.offer_ends
    return {
        "name": matter.to.name,
        "hub": matter.hub.name,
        "contact": matter.hub.contact,
        "link": matter.hub.link,
        "title": matter.title,
        "when": str(about["when"]),
        "where": matter.venue,
        "place": "" if matter.place is None else str(matter.place),
        "answer_by": f"{day(ends)}, {clock(ends)}" if ends else "",
        "reason": matter.reason,
        "feedback": matter.feedback,
    }
