"""What passes between customers and the desk, and as what: the table that the tests hold true and the page shows.

`python -m tests.integration.functions.table` writes the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "functions.md"
YES = "✓"


class Cells(NamedTuple):
    """From a customer into the topic, and from the operator to the customer. Empty: the platform has no such thing."""

    telegram_in: str = YES
    vk_in: str = YES
    telegram_out: str = YES
    vk_out: str = YES


TABLE = {
    "text": Cells(),
    "formatting": Cells(YES, "", YES, "plain text"),
    "edit": Cells("✓ marked ✏️", "✓ marked ✏️"),
    "photo with a caption": Cells(),
    "caption over 1 024 characters": Cells("", "photo, then the text", "", YES),
    "reply": Cells(),
    "photo": Cells(),
    "album": Cells(),
    "video": Cells(YES, "told: a link", YES, "document"),
    "voice": Cells(),
    "video note": Cells(YES, "", YES, "document"),
    "document": Cells(),
    "sticker": Cells(YES, "photo", YES, "photo"),
    "location": Cells(),
    "contact": Cells(YES, "", YES, "line of text"),
    "what nobody carries (a die, a wall post)": Cells("told", "told: a link", "told", "told"),
    "6 000 characters": Cells("✓ in two parts", "✓ in two parts", "✓ in two parts", "✓ in two parts"),
    "<&> in text and names": Cells(),
    "two new messages at once": Cells("one topic, both in order", "one topic, both in order"),
    "topic deleted by a member": Cells(
        "new topic with the history", "new topic with the history", "✓ from the new topic", "✓ from the new topic"
    ),
    "topic closed by a member": Cells("opened again, told", "opened again, told"),
    "customer blocked the bot": Cells("told", "told", "told: not delivered", "told: not delivered"),
    "ban": Cells("kept, shown when lifted", "kept, shown when lifted", "refused, told", "refused, told"),
}

HEAD = """# What passes, and as what

Every cell is a test in `tests/integration/functions/`, against fakes of both platforms. "Told" means that the
other side sees a line that says what could not be carried. An empty cell: the platform has no such thing.

| | Telegram customer → topic | VK customer → topic | operator → Telegram | operator → VK |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    return HEAD + "".join(f"| {name} | {' | '.join(cells)} |\n" for name, cells in TABLE.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
