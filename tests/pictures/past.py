"""A company with a year behind it: the synthetic year, small, with names that people give to things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from bot.console.access.passwords import Passwords
from bot.storage.console.credentials import set_password
from bot.storage.desk.tables import conversation_tag
from bot.storage.service.settings import change_setting
from bot.storage.surveys.follow_ups import Outcome, end_follow_up, open_follow_up, take_follow_up
from bot.storage.surveys.reviews import mark_review
from bot.storage.surveys.tables import follow_up, invitation, review, survey
from bot.storage.tables import conversation, customer, faq_entry, operator
from core.clock import FakeClock
from core.conversation import OperatorId
from handoff.operators import Role
from surveys.form import builtin, write_survey
from surveys.quality import USUAL, write_scorecard
from tests.integration.console.house import PASSWORD
from tests.pictures.stage import Stage
from tests.year.plan import NOW, plan
from tests.year.store import Store

PEOPLE = {"vera": Role.SUPERVISOR, "admin": Role.ADMIN}
CONVERSATIONS, SEED = 1500, 11
SUBJECTS = {"delivery": "Доставка", "payment": "Оплата", "returns": "Возврат", "account": "Личный кабинет",
            "other": "Прочее"}  # fmt: skip
_OPERATORS = ("Анна Ким", "Борис Лужин", "Галина Рябова", "Денис Ершов", "Ева Сорокина", "Жанна Котова", "Илья Бобров",
              "Кира Львова", "Лев Зайцев", "Марк Волков")  # fmt: skip
_CUSTOMERS = ("Мария", "Тимур", "Ольга", "Иван", "Елена", "Пётр", "Софья", "Руслан", "Алина", "Глеб")
_SAID = {
    "slow": "Ждала почти час, пока кто-нибудь ответит",
    "unsolved": "Посылки как не было, так и нет",
    "rude": "Ответили сквозь зубы",
    "other": "Три раза объяснял одно и то же",
}
_PRAISE = ("Спасибо, всё решили за минуту!", "Анна очень помогла", "Так бы везде отвечали")
TAG = "брак"
_PROMISES: Mapping[str, Any] = {
    "hours": {"week": {"mon-sun": "09:00-21:00"}},
    "targets": [{"first_response": "30m", "next_response": "1h", "resolution": "8h"}],
}


def company(folder: Path, conversations: int = CONVERSATIONS) -> Stage:
    """The console of it, on the 15th of January 2025; Anna (operator1) and Boris (operator2) may come in, too."""
    stage = Stage(folder, PEOPLE, clock=FakeClock(NOW.astimezone(UTC)), prepare=lambda one: _fill(one, conversations))
    hashed = stage.run(Passwords().hash(PASSWORD))

    def let_in(connection: Connection) -> None:
        for number in (1, 2):
            set_password(connection, OperatorId(number), hashed)
        _review(connection, stage.house.operators["vera"])

    stage.run(stage.house.database.write(let_in))
    return stage


def _fill(engine: Engine, conversations: int) -> None:
    store = Store(engine, words=3)
    store.prepare()
    store.fill(plan(conversations, SEED))
    with engine.begin() as connection:
        _name(connection)
        for key, value in _PROMISES.items():
            change_setting(connection, key, value, "vera", NOW)
        _complain(connection, Random(SEED))


def _name(connection: Connection) -> None:
    """What the plan calls by keys gets the names of a shop; what is asked is what Otklik asks."""
    for number, name in enumerate(_OPERATORS, 1):
        connection.execute(update(operator).where(operator.c.id == number).values(name=name))
    for key, name in SUBJECTS.items():
        connection.execute(update(faq_entry).where(faq_entry.c.category == key).values(category=name, question=name))
        connection.execute(update(invitation).where(invitation.c.category == key).values(category=name))
    known = builtin()
    for row in connection.execute(select(survey.c.id, survey.c.key)).all():
        connection.execute(
            update(survey).where(survey.c.id == row.id).values(definition=write_survey(known[row.key]), is_active=False)
        )
    numbers = connection.execute(select(customer.c.id)).scalars().all()
    names = [{"number": one, "called": f"{_CUSTOMERS[one % 10]} {chr(1040 + one % 28)}."} for one in numbers]
    named = update(customer).where(customer.c.id == bindparam("number")).values(name=bindparam("called"))
    connection.execute(named, names)


def _complain(connection: Connection, chance: Random) -> None:
    """Low scores have reasons and words and somebody to get back to; high ones are praised; some carry a tag."""
    query = select(invitation).where(invitation.c.survey == "csi", invitation.c.score.is_not(None))
    for row in connection.execute(query.order_by(invitation.c.id)).all():
        said: Mapping[str, Any] = {"comment": None}
        if row.score <= 3:
            reason = chance.choices(list(_SAID), (5, 3, 1, 2))[0]
            said = {"reason": reason, "comment": _SAID[reason] if chance.random() < 0.5 else None}
            owed = open_follow_up(connection, row.id, "low_score", row.sent_at + timedelta(days=1), row.sent_at)
            if owed is not None:
                _get_back(connection, owed, row.sent_at, chance)
        elif row.score == 5 and chance.random() < 0.2:
            said = {"comment": chance.choice(_PRAISE)}
        connection.execute(update(invitation).where(invitation.c.id == row.id).values(**said))
    closed = connection.execute(select(conversation.c.id).order_by(conversation.c.id)).scalars().all()
    connection.execute(insert(conversation_tag), [{"conversation_id": one, "tag": TAG} for one in closed[::9]])


def _get_back(connection: Connection, number: int, at: datetime, chance: Random) -> None:
    """All but what is younger than six weeks was done; of that some is taken, some lies."""
    if at < NOW - timedelta(days=45):
        take_follow_up(connection, number, chance.randint(1, 4))
        outcome = chance.choices(list(Outcome), (6, 2, 1, 1))[0]
        end_follow_up(connection, number, outcome, "", at + timedelta(hours=chance.randint(1, 40)))
        return
    if chance.random() < 0.4:
        take_follow_up(connection, number, chance.randint(1, 3))
    if chance.random() < 0.3:
        due = NOW + timedelta(hours=chance.randint(2, 30))
        connection.execute(update(follow_up).where(follow_up.c.id == number).values(due_at=due))


def _review(connection: Connection, reviewer: OperatorId) -> None:
    """Vera looked at two conversations of each of the first four operators in December."""
    closed = conversation.c.closed_at
    for who in range(1, 5):
        query = (
            select(conversation.c.id, closed)
            .where(conversation.c.closed_by_operator_id == who, closed > NOW - timedelta(days=28))
            .order_by(closed)
            .limit(2)
        )
        for place, row in enumerate(connection.execute(query).all()):
            values = {"conversation_id": row.id, "operator_id": who, "week": f"{row.closed_at:%G-W%V}"}
            drawn = {"scorecard": write_scorecard(USUAL), "drawn_at": row.closed_at}
            number = connection.execute(insert(review).values(**values, **drawn).returning(review.c.id)).scalar_one()
            marks = {one.key: 2 if one.key != "greeting" else place for one in USUAL}
            said = "Тепло и по делу" if place else "Поздоровайтесь, прежде чем отвечать"
            mark_review(connection, number, reviewer, marks, said, row.closed_at + timedelta(days=2))
