"""Writes the plan into a database as the bot would have stored it, quickly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table

from bot.storage import tables as t
from bot.storage.desk.tables import conversation_tag
from bot.storage.surveys import tables as s
from tests.year.hours import ZONE
from tests.year.plan import CATEGORIES, CHANNELS, OPERATORS, Asked, Person, Planned, Word

_CHUNK = 2000  # people at once
_KINDS = {"csi": (1, 5), "ces": (1, 7), "nps": (0, 10), "acsi": (1, 10)}


class Store:
    """Numbers the rows and keeps them until there are enough; `words` a conversation gets at least."""

    def __init__(self, engine: Engine, words: int = 10) -> None:
        self.engine, self.words = engine, words
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.columns: dict[str, tuple[str, ...]] = {}
        self.numbers = {
            name: count(1) for name in ("conversation", "message", "invitation", "answer", "part", "identity")
        }
        self.counted = {"conversation": 0, "message": 0, "invitation": 0}

    def put(self, table: Table, **values: Any) -> None:
        self.columns.setdefault(table.name, tuple(values))
        self.rows.setdefault(table.name, []).append(tuple(values.values()))
        if table.name in self.counted:
            self.counted[table.name] += 1

    def prepare(self) -> None:
        """What is there before the first customer: operators, FAQ entries, surveys."""
        now = datetime(2024, 1, 1, tzinfo=UTC)
        for number, level in OPERATORS:
            self.put(
                t.operator, id=number, login=f"operator{number}", name="", role="operator", level=level, created_at=now
            )
        for place, name in enumerate(CATEGORIES[1:], 1):
            self.put(
                t.faq_entry, id=place, key=name, position=place, category=name, question=name, answer=name,
                phrasings=[], language="ru", state="published", updated_at=now,
            )  # fmt: skip
        for place, (key, version) in enumerate([("csi", 1), ("ces", 1), ("acsi", 1), ("nps", 1), ("nps", 2)], 1):
            names = ("overall", "expected", "ideal") if key == "acsi" else ("score",)
            definition = {"kind": key, "questions": [{"key": name, "weight": 1} for name in names]}
            self.put(
                s.survey, id=place, key=key, version=version, definition=definition, is_active=True, created_at=now
            )
        self.flush()

    def fill(self, people: Iterable[Person]) -> None:
        for number, person in enumerate(people, 1):
            self._person(person)
            if number % _CHUNK == 0:
                self.flush()
        self.flush()

    def _person(self, person: Person) -> None:
        self.put(t.customer, id=person.id, name="", language="ru", source=person.source, created_at=person.met_at)
        identities: dict[str, int] = {}
        for channel, _ in CHANNELS:
            if any(one.channel == channel for one in person.conversations) or channel == CHANNELS[0][0]:
                identities[channel] = next(self.numbers["identity"])
                self.put(
                    t.identity, id=identities[channel], customer_id=person.id, channel=channel, account="1",
                    address=str(person.id), created_at=person.met_at,
                )  # fmt: skip
        for one in person.conversations:
            self._conversation(one, identities[one.channel])
        for asked in person.asked:
            self._invitation(asked, person.id, None, None)

    def _conversation(self, one: Planned, identity: int) -> None:
        number = next(self.numbers["conversation"])
        self.put(
            t.conversation, id=number, customer_id=one.customer, identity_id=identity, channel=one.channel,
            status=one.status, opened_at=one.opened_at, touched_at=one.touched_at, queued_at=one.queued_at,
            assigned_at=one.assigned_at, first_response_at=one.first_response_at, closed_at=one.closed_at,
            reopened_at=one.reopened_at, closed_by=one.closed_by, closed_by_operator_id=one.operator, language="ru",
            dialogue={}, level=one.level or 1,
        )  # fmt: skip
        for tag in one.tags:
            self.put(conversation_tag, conversation_id=number, tag=tag)
        words = sorted(one.words, key=lambda word: word.at)
        for word in words:
            self._message(number, identity, word, one.operator)
        for _ in range(self.words - len(words)):  # the bot's menus and greetings
            self._message(number, identity, Word("bot", one.touched_at, "menu"), None)
        for decision, outcome, at in one.answers:
            has_entry = decision in {"answer", "chosen"}
            matches = [] if has_entry or not one.category else [[one.category, 0.6]]
            self.put(
                t.faq_answer, id=next(self.numbers["answer"]), conversation_id=number, question="?", decision=decision,
                entry_key=one.category if has_entry else None, matches=matches, outcome=outcome, created_at=at,
            )  # fmt: skip
        for asked in one.asked:
            self._invitation(asked, one.customer, number, one)

    def _message(self, number: int, identity: int, word: Word, operator: int | None) -> None:
        self.put(
            t.message, id=next(self.numbers["message"]), conversation_id=number, identity_id=identity,
            author=word.author, kind=word.kind, operator_id=operator if word.author == "operator" else None,
            text=word.text, created_at=word.at,
        )  # fmt: skip

    def _invitation(self, asked: Asked, customer: int, number: int | None, one: Planned | None) -> None:
        invitation = next(self.numbers["invitation"])
        local = asked.at.astimezone(ZONE)
        self.put(
            s.invitation, id=invitation, survey=asked.survey, version=asked.version, state=asked.state,
            conversation_id=number, customer_id=customer, operator_id=one.operator if one else None,
            channel=one.channel if one else "telegram", level=one.level if one else None,
            category=one.category if one else "", sent_day=local.year * 10_000 + local.month * 100 + local.day,
            sent_at=asked.at, score=asked.score, scored_at=asked.at if asked.score is not None else None,
            changed_at=asked.at if asked.is_changed else None, comment="…" if asked.is_commented else None,
        )  # fmt: skip
        for question, score in asked.parts:
            self.put(
                s.survey_answer, id=next(self.numbers["part"]), invitation_id=invitation, question=question,
                score=score, answered_at=asked.at,
            )  # fmt: skip

    def flush(self) -> None:
        with self.engine.begin() as connection:
            for table in t.metadata.sorted_tables:
                rows = self.rows.pop(table.name, [])
                if rows:
                    write(connection, table.name, self.columns[table.name], rows)

    def finish(self) -> None:
        """Fresh statistics, as a database that has run for a year has them; numbers go on where the plan ended."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def write(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows by the driver's own quickest way."""
    cursor = connection.connection.cursor()
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", ([_plain(v) for v in row] for row in rows)
        )
        return
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row([json.dumps(value) if isinstance(value, list | dict) else value for value in row])


def _plain(value: Any) -> Any:
    """As bot.storage.tables.Moment and the JSON type write it for SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, list | dict):
        return json.dumps(value)
    return value
