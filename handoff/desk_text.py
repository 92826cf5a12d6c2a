"""What an operator's words in a topic mean: a command, a note, a reply, or a reply with a note inside."""

from __future__ import annotations

from dataclasses import dataclass

PRESENCE_COMMANDS = frozenset({"online", "break", "offline"})
BOARD_COMMANDS = frozenset({"queue", "who", "load", "alerts", "canned", "followup", "followups"})
_TOPIC_COMMANDS = frozenset(
    "take note c close reopen release transfer snooze wake undo retry card".split()
    + "ban unban tag untag priority vip unlink".split()
)
COMMANDS = _TOPIC_COMMANDS | PRESENCE_COMMANDS | BOARD_COMMANDS | {"help", "faq"}
_SLIPS = {"с": "c"}  # the Cyrillic letter on the same key
_NOTE_MARK = "//"


@dataclass(frozen=True, slots=True)
class DeskText:
    """`reply` goes to the customer, `note` stays; `command` without its slash, `argument` the rest of its line.

    `unknown` is a text that begins with "/" and is no command: it never leaves.
    """

    reply: str = ""
    note: str = ""
    command: str = ""
    argument: str = ""
    unknown: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the reply is the text as typed, so that its formatting still fits."""
        return not self.note and not self.command


def read_desk_text(text: str) -> DeskText:
    """Pure; a leading space makes a text that begins with "/" an ordinary reply."""
    if text.startswith(_NOTE_MARK):
        return DeskText(note=_without_marks(text))
    if text.startswith("/"):
        return _read_command(text)
    lines = text.split("\n")
    notes = [line for line in lines if line.startswith(_NOTE_MARK)]
    if not notes:
        return DeskText(reply=text)
    reply = "\n".join(line for line in lines if not line.startswith(_NOTE_MARK)).strip("\n")
    return DeskText(reply=reply if reply.strip() else "", note="\n".join(_without_marks(line) for line in notes))


def _without_marks(text: str) -> str:
    return "\n".join(line.removeprefix(_NOTE_MARK).strip() for line in text.split("\n")).strip()


def _read_command(text: str) -> DeskText:
    head, _, rest = text[1:].partition(" ") if "\n" not in text.split(" ", 1)[0] else text[1:].partition("\n")
    name = head.split("@", 1)[0].lower()
    name = _SLIPS.get(name, name)
    if name not in COMMANDS:
        return DeskText(unknown=text)
    if name == "note":
        return DeskText(note=rest.strip(), command="note")
    return DeskText(command=name, argument=rest.strip())
