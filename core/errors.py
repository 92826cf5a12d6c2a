"""The whole error tree.

OtklikError
├── InvalidInput        what came in cannot be used; the text says what to do
│   └── FaultyValue     what somebody wrote, with the place of the fault in it
├── Conflict            somebody else was first, or the step is not lawful now
├── NotFound            no such thing
├── Forbidden           not this person's to do
├── Unavailable         something outside that is not a platform does not do its part now; what can goes on without
└── ChannelError        a platform did not do what was asked
    ├── Retryable       try again later; may already have had its effect
    ├── Permanent       trying again will not help; `reason` says why
    └── TopicGone       the operators' topic of a conversation no longer exists
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from core.text import Text, render

Place = tuple[str | int, ...]
"""The way to a value within what somebody wrote, parts of a list counted from 1: ("then", 2, "tag")."""
_SHOWN = 60  # characters of a value that is told


class OtklikError(Exception):
    """Anything Otklik reports on purpose; its text is fit for the person who acted.

    As a string it is in English, as the command line speaks; what was given as a Text is `told` in either language.
    """

    def __init__(self, text: Text | str = "") -> None:
        super().__init__(render(text, "en"))
        self.text = text

    def told(self, language: str) -> str:
        """In that language, or as it is where it was not given as a Text."""
        return render(self.text, language)


class InvalidInput(OtklikError):
    """What came in cannot be used; the text says what is wrong and what to do."""


class FaultyValue(InvalidInput):
    """Something written that cannot be: `why`, and the `place` of the value.

    The text says both; `named` names the place in other words than its dotted way. `spot` is where the fault itself
    stands, for whoever looks up its line; it is the place unless given.
    """

    def __init__(
        self, why: Text, place: Place = (), *, named: Text | str | None = None, spot: Place | None = None
    ) -> None:
        self.named = named if named is not None else ".".join(map(str, place))
        super().__init__(Text("fault.at", {"place": self.named, "why": why}) if self.named else why)
        self.why = why
        self.place = place
        self.spot = place if spot is None else spot


def shown(raw: Any) -> str:
    """A value as it was written, cut where it is long."""
    said = str(raw).lower() if isinstance(raw, bool) else "" if raw is None else str(raw)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


class Conflict(OtklikError):
    """Somebody else was first, or the step is not lawful in the present status."""


class NotFound(OtklikError):
    """No such thing."""


class Forbidden(OtklikError):
    """Not this person's to do."""


class Unavailable(OtklikError):
    """Something outside that is not a platform does not do its part now; what can goes on without it."""


class Scope(StrEnum):
    """What has to wait after a retryable failure."""

    LANE = "lane"  # this receiver only
    ACCOUNT = "account"  # everything sent with this token


class Refusal(StrEnum):
    """Why a platform will never take a message."""

    UNREACHABLE = "unreachable"  # blocked the bot, deleted, or never allowed messages
    NOT_FOUND = "not_found"  # chat, or the message to edit, is gone
    TOO_LATE = "too_late"  # the platform's time window has passed
    NO_RIGHTS = "no_rights"  # the token or the bot lacks a right
    REJECTED = "rejected"  # the request itself was not accepted
    FILE = "file"  # an attachment could not be carried over


class ChannelError(OtklikError):
    """A platform did not do what was asked."""


class Retryable(ChannelError):
    """Try again later.

    `after` seconds (None: the retry policy decides); `is_uncertain`: the request may have had its
    effect although no answer came; `counts`: False for waits the platform asked for, which do not
    use up attempts; `alert`: a person must act (captcha, revoked token).
    """

    def __init__(
        self,
        text: str,
        *,
        after: float | None = None,
        scope: Scope = Scope.LANE,
        is_uncertain: bool = False,
        counts: bool = True,
        alert: bool = False,
    ) -> None:
        super().__init__(text)
        self.after = after
        self.scope = scope
        self.is_uncertain = is_uncertain
        self.counts = counts
        self.alert = alert


class Permanent(ChannelError):
    """Trying again will not help."""

    def __init__(self, text: str, reason: Refusal = Refusal.REJECTED, *, alert: bool = False) -> None:
        super().__init__(text)
        self.reason = reason
        self.alert = alert


class TopicGone(ChannelError):
    """The operators' topic was deleted; a new one has to be made before the post is tried again."""
