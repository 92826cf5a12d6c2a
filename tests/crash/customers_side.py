"""What the customers saw: every answer and every operator's word, once, in order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.crash.ledger import Account, Ledger
from tests.crash.options import Verdict
from tests.crash.stage import Stage
from tests.crash.stored import Stored

KILLED_SOON = 5.0  # seconds within which a sent message surely has been noted, unless the process was killed
Journals = dict[str, list[Any]]


def judge(stage: Stage, ledger: Ledger, journals: Journals, verdict: Verdict) -> None:
    missing: list[str] = []
    twice: list[str] = []
    disorder: list[str] = []
    for account in ledger.accounts:
        texts = [record["text"] for record in journals[account.channel] if record["chat"] == account.address]
        places = []
        for group, words in account.expected:
            times = texts.count(words)
            if not times:
                missing.append(f"{account.channel}:{account.address}: {words}")
                continue
            if times > 1 and account.channel == "vk":
                twice.append(f"{account.address}: {words} ({times} times)")
            places.append((group, texts.index(words), words))
        disorder += _disorder(places, account, stage)
    verdict.count("words to be delivered", sum(len(account.expected) for account in ledger.accounts))
    verdict.none("unanswered or not delivered", missing)
    verdict.none("answered twice on VK", twice)
    verdict.none("out of order with customers", disorder)


def _disorder(places: list[tuple[int, int, str]], account: Account, stage: Stage) -> list[str]:
    """The Callback API promises no order, so of a burst that came by it only the place as a whole counts."""
    is_loose = account.channel == "vk" and stage.options.vk == "callback"
    return [
        f"{account.channel}:{account.address}: {later[2]} before {sooner[2]}"
        for sooner, later in pairwise(places)
        if later[1] < sooner[1] and not (is_loose and sooner[0] == later[0])
    ]


def judge_copies(stage: Stage, stored: Stored, journals: Journals, verdict: Verdict) -> None:
    """On Telegram a message the database never noted is a copy, and there must have been a reason to send again."""
    verdict.none("copies on VK", _copies_on_vk(stored, journals["vk"]))
    lost, killed, inexcusable = 0, [0.0], []
    for record in journals["telegram"]:
        channel = "telegram_desk" if record["chat"] == stage.forum else "telegram"
        if (channel, record["chat"], record["message_id"]) in stored.noted:
            continue
        is_known = any(text and text in record["text"] for text in stored.repeated)
        unnoted = _unnoted(record, stage)
        if is_known and record["answer_lost"]:
            lost += 1
        elif is_known and unnoted is not None:
            killed.append(unnoted)
        else:
            inexcusable.append(f"{record['chat']}/{record['thread']}: {record['text'][:60]!r}")
    number = len(killed) - 1
    reasons = f"answer lost {lost}, killed before noting {number}, the longest {max(killed):.1f} s before"
    verdict.count("copies on Telegram", f"{lost + number} ({reasons})")
    verdict.none("copies on Telegram without a reason", inexcusable)


def _copies_on_vk(stored: Stored, journal: list[Any]) -> list[str]:
    """One message for each random_id of the outbox, and none besides."""
    seen: set[tuple[int, int]] = set()
    copies = []
    for record in journal:
        key = (record["chat"], record["random_id"])
        if key in seen or key not in stored.random_ids:
            copies.append(f"{record['chat']}: {record['text'][:60]!r}")
        seen.add(key)
    return copies


def _unnoted(record: Any, stage: Stage) -> float | None:
    """Seconds from the sending to the kill that kept it from being noted; None when there was none soon after."""
    at = record["at"]
    waits = [killed - at for killed in stage.bot.killed_at if at - 0.05 <= killed <= at + KILLED_SOON]
    return max(0.0, waits[0]) if waits else None
