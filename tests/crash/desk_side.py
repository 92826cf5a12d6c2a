"""What the operators saw: one topic for each conversation, and everything the customer said in it, in order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from tests.crash.ledger import Account, Ledger
from tests.crash.options import Verdict
from tests.crash.stage import Stage
from tests.crash.stored import Stored

_PAST = re.compile(r"^ +#\d+ \d\d\.\d\d\.\d{4} .*$", re.MULTILINE)  # a card's line about an earlier conversation


def judge(stage: Stage, ledger: Ledger, stored: Stored, posts: list[Any], verdict: Verdict) -> None:
    texts: dict[int, list[str]] = defaultdict(list)
    for record in posts:
        if record["thread"]:
            texts[record["thread"]].append(_PAST.sub("", record["text"] or ""))
    walls = {thread: "\n".join(said) for thread, said in texts.items()}
    missing: list[str] = []
    strayed: list[str] = []
    disorder: list[str] = []
    for account in ledger.accounts:
        by_topic: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for group, token in account.said:
            where = stored.topics.get(stored.home.get(token, 0))
            strayed += [f"{token} in {thread}" for thread, wall in walls.items() if token in wall and thread != where]
            if where is None:
                continue
            place = walls.get(where, "").find(token)
            if place < 0:
                missing.append(f"{token} in topic {where}")
            else:
                by_topic[where].append((group, place, token))
        for places in by_topic.values():
            disorder += _disorder(places, account, stage)
    _judge_topics(stage, stored, verdict)
    verdict.none("not shown on the desk", _besides_comments(missing))
    verdict.none("in a wrong topic", strayed)
    verdict.none("out of order on the desk", disorder)


def _besides_comments(missing: list[str]) -> list[str]:
    """Reasons of a low score are shown as such, cut short; the score is judged elsewhere."""
    return [one for one in missing if not one.startswith("#w")]


def _disorder(places: list[tuple[int, int, str]], account: Account, stage: Stage) -> list[str]:
    is_loose = account.channel == "vk" and stage.options.vk == "callback"
    return [
        f"{account.channel}:{account.address}: {later[2]} before {sooner[2]}"
        for sooner, later in pairwise(places)
        if later[1] < sooner[1] and not (is_loose and sooner[0] == later[0])
    ]


def _judge_topics(stage: Stage, stored: Stored, verdict: Verdict) -> None:
    standing = [topic for topic in stage.tg.topics(stage.forum) if not topic["deleted"]]
    numbers = Counter(int(topic["name"].partition(" ")[0].removeprefix("#")) for topic in standing)
    verdict.count("topics", f"{len(standing)} (surplus ones deleted: {_deleted(stage)})")
    verdict.none("conversations with several topics", [str(number) for number, times in numbers.items() if times > 1])
    unbound = [f"{number}: {where}" for number, where in stored.topics.items() if where is None or not numbers[number]]
    verdict.none("conversations whose topic is missing", unbound)


def _deleted(stage: Stage) -> int:
    return sum(1 for topic in stage.tg.topics(stage.forum) if topic["deleted"])
