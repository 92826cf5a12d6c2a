"""One of two processes over one PostgreSQL: takes every conversation, or shares the queue out, as fast as it can.

python -m tests.lifecycle.racer URL take OPERATOR | share [0 | 1]
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from unittest.mock import patch

from sqlalchemy import Connection, select

from bot.apply.following.sharing import tend
from bot.apply.handle import Job, handle
from bot.apply.work import Setup
from bot.decide.situation import Knowledge
from bot.storage.database import Database, open_engine, read_url
from bot.storage.desk import team
from bot.storage.tables import conversation
from core.channel import Capabilities
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from faq.index import Index
from handoff.queue import Waiting

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
SETUP = Setup("ru", {"memory": Capabilities()})
KNOWLEDGE = Knowledge(Index.build(()))


def take(database: Database, operator: int) -> None:
    numbers = database.read_now(lambda connection: list(connection.execute(select(conversation.c.id)).scalars()))
    waiting = []
    for number in numbers:
        act = OperatorActed(OperatorId(operator), Act.TAKE, f"{operator}-{number}", ConversationId(number))

        def work(connection: Connection, act: OperatorActed = act) -> None:
            handle(connection, Job((), (act,), KNOWLEDGE), SETUP, NOW)

        waiting.append(database.submit(work))
    for one in waiting:
        one.result(60)


def share(database: Database, part: int | None) -> None:
    """`part`: only even or odd conversations were there when it looked, so both share out different ones."""
    read = team.waiting

    def seen(connection: Connection) -> list[Waiting]:
        return [one for one in read(connection) if part is None or one.id % 2 == part]

    with patch.object(team, "waiting", seen):
        for _ in range(10):
            database.submit(lambda connection: tend(connection, SETUP, NOW)).result(60)


def main() -> None:
    database = Database(open_engine(read_url(sys.argv[1])))
    print("ready", flush=True)
    sys.stdin.readline()
    if sys.argv[2] == "take":
        take(database, int(sys.argv[3]))
    else:
        share(database, int(sys.argv[3]) if len(sys.argv) > 3 else None)
    database.close()
    print("done", flush=True)


if __name__ == "__main__":
    main()
