"""Who is forgotten by age, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.storage.conversations import change_conversation, open_conversation
from bot.storage.database import Database
from bot.storage.people import add_customer
from bot.storage.privacy.retention import Forgettable, count_forgettable, find_forgettable, is_forgettable
from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import customer
from core.customer import Sender
from tests.contract.whole_customer import NOW

OLD, BEFORE = NOW - timedelta(days=90), NOW - timedelta(days=60)


def meet(connection: Connection, address: str, status: str = "closed", touched_at: Any = OLD) -> int:
    """A customer of long ago, with one conversation."""
    found = add_customer(connection, Sender("memory", "memory", address), "ru", OLD)
    talk = open_conversation(connection, found.customer.id, found.identity.id, "memory", "ru", OLD)
    change_conversation(connection, talk.id, status=status, touched_at=touched_at)
    return int(found.customer.id)


async def test_only_the_silent_with_nothing_open_are_found_in_their_order(database: Database) -> None:
    def work(connection: Connection) -> None:
        silent, again = meet(connection, "1"), meet(connection, "2")
        meet(connection, "3", status="queued")
        meet(connection, "4", touched_at=BEFORE)
        banned, owed = meet(connection, "5"), meet(connection, "6")
        connection.execute(update(customer).where(customer.c.id == banned).values(banned_at=OLD))
        asked = {"survey": "csi", "version": 1, "state": "done", "channel": "memory", "sent_at": OLD}
        number = connection.execute(insert(invitation).values(customer_id=owed, **asked)).inserted_primary_key
        due = {"reason": "low_score", "opened_at": OLD, "due_at": OLD}
        connection.execute(insert(follow_up).values(invitation_id=number[0], customer_id=owed, **due))
        assert find_forgettable(connection, BEFORE, 0, 10) == [silent, again]
        assert find_forgettable(connection, BEFORE, silent, 10) == [again]
        assert find_forgettable(connection, BEFORE, 0, 1) == [silent]
        assert count_forgettable(connection, BEFORE) == Forgettable(2, 2)
        assert [is_forgettable(connection, one, BEFORE) for one in (silent, banned)] == [True, False]
        assert find_forgettable(connection, OLD, 0, 10) == []

    await database.write(work)
