"""What replies mean: a table, and the whole of it where only the kind of reply matters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub.protocols import Later, Never, Outcome
from innovationhub_smtp.outcomes import GREYLISTED, LOCKED_OUT, MAILBOX_FULL, POLICY, Reply, Step, meaning

TABLE: list[tuple[Step, int, str, Outcome]] = [
    # nobody of that name, and the like: it will never work for them
    (Step.RCPT, 550, "5.1.1 <ada@trust.example>: Recipient address rejected", Never("550 5.1.1 at RCPT")),
    (Step.RCPT, 550, "No such user here", Never("550 at RCPT")),
    (Step.RCPT, 551, "5.1.6 User has moved", Never("551 5.1.6 at RCPT")),
    (Step.RCPT, 553, "5.1.3 Mailbox name not allowed", Never("553 5.1.3 at RCPT")),
    (Step.RCPT, 556, "5.1.10 Recipient null MX", Never("556 5.1.10 at RCPT")),
    # for now
    (Step.RCPT, 450, "4.2.0 Greylisted, see http://postgrey.example", Later("450 4.2.0 at RCPT", GREYLISTED)),
    (Step.RCPT, 451, "4.7.1 Greylisting in action, please come back later", Later("451 4.7.1 at RCPT", GREYLISTED)),
    (Step.RCPT, 452, "4.2.2 Mailbox full", Later("452 4.2.2 at RCPT", GREYLISTED)),
    (Step.RCPT, 552, "5.2.2 Over quota", Later("552 5.2.2 at RCPT", MAILBOX_FULL)),
    # not allowed, to this one or to any: a person can allow it
    (Step.RCPT, 554, "5.7.1 <ada@trust.example>: Relay access denied", Later("554 5.7.1 at RCPT", POLICY)),
    # the sender, or all of us
    (Step.MAIL, 550, "5.7.60 Client may not send as this sender", Later("550 5.7.60 at MAIL", down=True)),
    (Step.MAIL, 451, "4.3.0 Out of order", Later("451 4.3.0 at MAIL", down=True)),
    (Step.MAIL, 530, "5.7.0 Must issue a STARTTLS command first", Later("530 5.7.0 at MAIL", LOCKED_OUT, down=True)),
    (Step.RCPT, 530, "5.7.57 Client not authenticated", Later("530 5.7.57 at RCPT", LOCKED_OUT, down=True)),
    (Step.AUTH, 535, "5.7.8 Bad credentials", Later("535 5.7.8 at AUTH", LOCKED_OUT, down=True)),
    (Step.AUTH, 454, "4.7.0 Temporary authentication failure", Later("454 4.7.0 at AUTH", down=True)),
    (Step.GREETING, 554, "No SMTP service here", Later("554 at the greeting", down=True)),
    (Step.STARTTLS, 454, "TLS not available", Later("454 at STARTTLS", down=True)),
    (Step.RCPT, 421, "4.3.2 Shutting down", Later("421 4.3.2 at RCPT", down=True)),
    # too large, whoever it is for
    (Step.MAIL, 552, "5.3.4 Message size exceeds fixed limit", Never("552 5.3.4 at MAIL")),
    # the content
    (Step.CONTENT, 554, "5.7.1 Rejected as spam", Never("554 5.7.1 at the content")),
    (Step.CONTENT, 451, "4.3.2 Please try again later", Later("451 4.3.2 at the content", GREYLISTED)),
    (Step.CONTENT, 421, "4.4.2 Timeout", Later("421 4.4.2 at the content", down=True)),
    (Step.DATA, 503, "5.5.1 Bad sequence", Never("503 5.5.1 at DATA")),
]  # fmt: skip


@pytest.mark.parametrize(("step", "code", "text", "wanted"), TABLE, ids=lambda each: str(each)[:30])
def test_what_a_reply_means(step: Step, code: int, text: str, wanted: Outcome) -> None:
    """Whose affair it is, whether another attempt may do, and when."""
    assert meaning(Reply.of(code, text.encode()), step) == wanted


@given(st.integers(400, 499) | st.integers(500, 599), st.sampled_from(Step), st.binary(max_size=60))
def test_no_reply_names_anybody_or_is_final_by_mistake(code: int, step: Step, text: bytes) -> None:
    """The words of a server are not repeated; what it says may pass is never given up; waits are bounded."""
    outcome = meaning(Reply.of(code, b"<ada@trust.example> " + text), step)
    assert "ada" not in str(outcome)
    if code < 500 or step in {Step.GREETING, Step.EHLO, Step.STARTTLS, Step.AUTH}:
        assert isinstance(outcome, Later)
    if isinstance(outcome, Later):
        assert outcome.wait is None or timedelta(0) < outcome.wait <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("code", "text", "enhanced"),
    [
        (550, b"5.1.1 unknown", "5.1.1"),
        (550, b"  5.1.10\r\n5.1.1", "5.1.10"),
        (550, b"4.1.1 contradicts itself", ""),
        (550, b"5.1.1.1 a number of something", ""),
        (550, b"5.1.12345 too long", ""),
        (550, b"mailbox 5.1.1", ""),
        (550, b"\xff\xfe", ""),
    ],
)
def test_enhanced_codes_are_read_where_they_stand(code: int, text: bytes, enhanced: str) -> None:
    """At the beginning, and in keeping with the code."""
    assert Reply.of(code, text).enhanced == enhanced
