"""Holds what came of it against what was said: by the database, and by what the platforms saw."""

from __future__ import annotations

from collections import Counter

from tests.crash import customers_side, desk_side
from tests.crash.ledger import Ledger
from tests.crash.options import Verdict
from tests.crash.stage import Stage
from tests.crash.stored import Stored, read_stored
from tests.crash.troubles import UNREACHABLE
from tests.fakes.record import Record


def judge(stage: Stage, ledger: Ledger, verdict: Verdict) -> None:
    stored = read_stored(stage.database_url)
    tg, vk = stage.tg.sent(), stage.vk.sent()
    _count(stage, ledger, verdict)
    _judge_stored(ledger, stored, verdict)
    customers_side.judge(stage, ledger, {"telegram": tg, "vk": vk}, verdict)
    desk_side.judge(stage, ledger, stored, [record for record in tg if record["chat"] == stage.forum], verdict)
    customers_side.judge_copies(stage, stored, {"telegram": tg, "vk": vk}, verdict)
    _judge_rest(stage, stored, verdict)


def _count(stage: Stage, ledger: Ledger, verdict: Verdict) -> None:
    verdict.count("customers' messages", ledger.sent)
    for name, number in ledger.counts.items():
        verdict.count(f"  {name}", number)
    verdict.count("SIGKILLs", len(stage.bot.killed_at))
    if len(stage.bot.killed_at) < stage.options.kills:
        verdict.violations.append("not killed often enough")
    for name, fake in (("Telegram", stage.tg), ("VK", stage.vk)):
        hits = fake.faults_hit
        verdict.count(f"faults on {name}", f"{sum(hits.values())} ({_listed(hits)})")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def _judge_stored(ledger: Ledger, stored: Stored, verdict: Verdict) -> None:
    lost, twice = [], []
    for account in ledger.accounts:
        for _, token in account.said:
            times = stored.times.get(token, 0)
            if times != 1:
                (lost if not times else twice).append(f"{token} of {account.channel}:{account.address}")
    verdict.none("lost", lost)
    verdict.none("stored twice", twice)


def _judge_rest(stage: Stage, stored: Stored, verdict: Verdict) -> None:
    verdict.count("conversations", _listed(Counter(stored.statuses.values())))
    verdict.none("conversations in no lawful status", stored.unlawful)
    verdict.none("open or set aside in the inbox", stored.open_arrivals)
    verdict.none("open in the outbox", stored.open_deliveries)
    verdict.none("unreachable customer not refused", [] if UNREACHABLE in stored.refused else [str(UNREACHABLE)])
    refused = [str(address) for address in stored.refused if address != UNREACHABLE]
    verdict.none("refused or given up besides", refused)
    _judge_votes(stored, verdict)
    problems = [f"{name} {one['method']}: {one['problem']}" for name, one in _problems(stage)]
    verdict.none("requests the platforms found fault with", problems)
    verdict.none("ends of the process nobody caused", stage.bot.unexpected)
    log = stage.bot.log.read_text(encoding="utf-8", errors="replace")
    verdict.none("tracebacks in the log", [part.strip()[-300:] for part in log.split("Traceback")[1:]])


def _judge_votes(stored: Stored, verdict: Verdict) -> None:
    verdict.count("votes", sum(1 for score in stored.scores if score))
    closed = sum(1 for status in stored.statuses.values() if status == "closed")
    if len(stored.scores) != closed or None in stored.scores:
        verdict.violations.append(
            f"votes: {stored.scores.count(None)} of {len(stored.scores)} asked in vain, {closed} closed"
        )


def _problems(stage: Stage) -> list[tuple[str, Record]]:
    return [*(("Telegram", one) for one in stage.tg.problems), *(("VK", one) for one in stage.vk.problems)]
