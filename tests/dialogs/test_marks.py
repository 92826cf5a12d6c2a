"""The mark under a reply that does not get through at once: a short stumble is nobody's concern, a longer one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FakeClock
from core.delivery import DeskAct, DeskPost
from core.errors import Retryable
from tests.dialogs.table import Table

SLOW, DONE = "🤔", "👍"


@pytest.mark.parametrize(
    ("error", "times", "expected"),
    [
        (Retryable("502"), 1, [DONE]),
        (Retryable("502"), 5, [SLOW, DONE]),
        (Retryable("a captcha", after=30.0, counts=False), 2, [SLOW, DONE]),
        (Retryable("too many", after=0.5, counts=False), 3, [DONE]),
    ],
    ids=["once", "an outage", "long waits the platform asks for", "short waits the platform asks for"],
)
async def test_reply_tried_again_for_long_is_marked_once(
    sqlite_url: str, clock: FakeClock, tmp_path: Path, error: Retryable, times: int, expected: list[str]
) -> None:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    await table.channel.says("1", "оператор")
    await table.settle()
    topic = await table.desk.topic_of(1)
    assert topic is not None
    table.channel.fail_next(error, address="1", times=times)
    await table.desk.writes(topic, "7001", "Сейчас посмотрю")
    for _ in range(80):
        await table.advance(1.0)
    marks = [one.content.text for one in table.desk.acts if _is_reaction(one.content)]
    said = [message.text for message in table.channel.sent_to("1")]
    await table.close()
    assert marks == expected
    assert said[-1] == "Сейчас посмотрю"


def _is_reaction(content: object) -> bool:
    return isinstance(content, DeskPost) and content.act is DeskAct.REACT
