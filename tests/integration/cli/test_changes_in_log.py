"""Whatever a command changes stands in the audit log: who, what, and to what; stored together or not at all."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from sqlalchemy import Engine, insert

from bot.cli.program import program
from bot.console.look.deeds import Teller
from bot.console.look.moments import Moments
from bot.console.look.words import words_of
from bot.storage.database import open_engine, read_url
from bot.storage.operators import find_operator_by_login
from bot.storage.people import add_customer
from bot.storage.surveys.follow_ups import open_follow_up
from bot.storage.surveys.tables import invitation, review
from bot.storage.tables import conversation
from bot.storage.views.audit import list_acts
from core.customer import Sender
from surveys.quality import read_scorecard, write_scorecard
from tests.integration.cli.conftest import Otklik
from tests.test_pages import commands

NOW = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
WORDS = "Верните деньги за гараж"  # what nobody should read in the log
RULES = "- name: долго ждут\n  when: {waiting_longer_than: 10m}\n  then: [{tag: долго}]\n"

# what is typed, the act as an admin reads it, and what it was about
TABLE = (
    ("operator add gleb --role operator --name Глеб", "новый сотрудник", "сотрудник: Глеб, роль: Оператор"),
    (
        "operator set gleb --level 2 --skill Доставка --telegram 77 --inactive",
        "изменение сотрудника",
        "сотрудник: Глеб, линия: Вторая линия, Telegram ID: 77, темы: Доставка, работает: нет",
    ),
    ("operator set gleb --skill= --active --capacity 7", "изменение сотрудника",
     "сотрудник: Глеб, сразу обращений: 7, темы: все, работает: да"),
    ("operator set gleb --telegram=", "изменение сотрудника", "сотрудник: Глеб, Telegram ID: нет"),
    ("operator set gleb --link", "ссылка для пароля", "сотрудник: Глеб"),
    (
        "setting set undo.console 12s",
        "изменение настройки",
        "что: Отмена отправки в консоли (undo.console), значение: 12s",
    ),
    ("setting set undo.console --default", "возврат настройки", "что: Отмена отправки в консоли (undo.console)"),
    ("rule add rules.yaml", "правило сохранено", "правило: долго ждут"),
    ("rule off|долго ждут", "правило выключено", "правило: долго ждут"),
    ("rule on|долго ждут", "правило включено", "правило: долго ждут"),
    ("rule remove|долго ждут", "правило удалено", "правило: долго ждут"),
    ("survey add nps", "изменение опроса", "опрос: nps, версия: 1"),
    ("survey switch nps --off", "опрос на паузе", "опрос: nps"),
    ("survey switch nps --on", "запуск опроса", "опрос: nps"),
    ("site add Лавка --origin https://shop.example", "сайт с чатом добавлен",
     "сайт: KEY, имя: Лавка, адреса: https://shop.example, работает: да"),
    ("site set KEY --inactive", "сайт с чатом изменён",
     "сайт: KEY, имя: Лавка, адреса: https://shop.example, работает: нет"),
    ("site set KEY --new-secret", "секрет сайта заменён",
     "сайт: KEY, имя: Лавка, адреса: https://shop.example, работает: нет"),
    ("site remove KEY", "сайт с чатом убран", "сайт: KEY, имя: Лавка, адреса: https://shop.example, работает: нет"),
    ("review mark 1 vera|right=2|--note|" + WORDS, "оценка обращения при проверке",
     "номер: 1, кто проверил: Вера, сколько из ста: 100"),
    ("improvement add --reason slow --ru|" + WORDS, "рассказ клиентам, что изменилось",
     "номер: 1, причина: Долго ждать"),
    ("followup take 1 vera", "поручено перезвонить недовольному клиенту", "номер: 1, кому: Вера"),
    ("followup end 1 --outcome settled --note|" + WORDS, "итог по недовольному клиенту",
     "номер: 1, итог: Вопрос решён"),
    ("customer export 1 copy.zip", "копия данных клиента", "клиент: 1"),
    ("customer erase 1 --yes", "удаление данных клиента", "клиент: 1"),
    ("backup all.zip", "резервная копия всей базы", "файл: all.zip"),
)  # fmt: skip
READING = {
    "run", "chat", "migrate", "doctor", "report", "faq export", "faq search", "faq check", "faq history", "faq match",
    "faq evaluate", "faq gaps", "faq suggestions", "setting list", "setting get", "rule list", "rule dry-run",
    "survey list", "review list", "improvement list", "followup list", "site list", "operator list",
}  # fmt: skip


def typed(line: str) -> list[str]:
    """Words; what stands behind a bar is one, whatever is in it."""
    first, *rest = line.split("|")
    return [*first.split(), *rest]


@pytest.fixture
def engine(on_database: str, otklik: Otklik) -> Iterator[Engine]:
    """A team, a conversation that was closed, was badly rated and is to be reviewed."""
    Path("rules.yaml").write_text(RULES, "utf-8")
    otklik("operator", "add", "vera", "--role", "supervisor", "--name", "Вера")
    otklik("operator", "add", "anna", "--role", "admin", "--name", "Анна")
    engine = open_engine(read_url(on_database))
    with engine.begin() as connection:
        anna = find_operator_by_login(connection, "anna")
        assert anna is not None
        found = add_customer(connection, Sender("telegram", "9", "5", "Клиент"), "ru", NOW)
        person = {"customer_id": int(found.customer.id), "channel": "telegram"}
        talk = {**person, "identity_id": int(found.identity.id), "status": "closed", "dialogue": {}}
        made = insert(conversation).values(opened_at=NOW, touched_at=NOW, **talk).returning(conversation.c.id)
        number = connection.execute(made).scalar_one()
        vote = {"survey": "csi", "version": 1, "state": "done", "score": 1, "sent_at": NOW}
        asked = insert(invitation).values(customer_id=found.customer.id, conversation_id=number, **vote)
        vote_id = connection.execute(asked.returning(invitation.c.id)).scalar_one()
        open_follow_up(connection, vote_id, "low_score", NOW, NOW)
        card = write_scorecard(read_scorecard([{"key": "right", "words": {"ru": "Верно", "en": "Right"}}]))
        row = {"conversation_id": number, "operator_id": anna.id, "week": "2025-W11", "scorecard": card}
        connection.execute(insert(review).values(drawn_at=NOW, **row))
    yield engine
    engine.dispose()


def told(engine: Engine) -> list[tuple[str, str, str, str]]:
    """Lines as an admin reads them, the oldest first: author, desk, act, what it was about."""
    words = words_of("ru")
    names = {"vera": "Вера", "anna": "Анна", "gleb": "Глеб"}
    teller = Teller(words, Moments(words, ZoneInfo("Europe/Moscow")), names)
    with engine.connect() as connection:
        acts = list_acts(connection)[::-1]
    about = [", ".join(f"{one.name}: {one.value}" for one in teller.tell(row.act, row.detail)) for row in acts]
    return [
        (row.who, words.say(f"desk.{row.desk}"), words.say(f"audit.{row.act}"), said)
        for row, said in zip(acts, about, strict=True)
    ]


@pytest.mark.parametrize("author", ["", "anna"])
def test_every_change_is_in_the_log_with_its_author(otklik: Otklik, engine: Engine, author: str) -> None:
    before, key, secrets = len(told(engine)), "", []
    signed = ["--by", author] if author else []
    for line, act, about in TABLE:
        arguments = [one.replace("KEY", key) for one in typed(line)]
        said = otklik(*arguments, *signed)
        assert (said.code, arguments) == (0, arguments), said.err
        key = key or "".join(re.findall(r'data-key="(\w+)"', said.out))
        secrets += re.findall(r"(?:password/|secret, for the site's server only: )(\S+)", said.out)
        shown = ("Анна" if author else "", "командная строка", act, about.replace("KEY", key))
        assert told(engine)[before:] == [shown], line
        before += 1
    whole = str(told(engine))
    assert len(secrets) == 4
    assert not [one for one in (*secrets, "деньги", "гараж") if one in whole]


def test_restored_database_says_where_it_is_from(
    otklik: Otklik, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    otklik("backup", "all.zip")
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "sqlite:///new.db")
    assert otklik("restore", "all.zip", "--by", "nobody").code == 1
    assert otklik("operator", "list", "--json").json == []
    assert otklik("restore", "all.zip", "--by", "anna").code == 0
    new = open_engine(read_url("sqlite:///new.db"))
    assert told(new)[-1] == ("Анна", "командная строка", "восстановление из резервной копии", "файл: all.zip")
    new.dispose()


def test_what_changes_nothing_is_not_in_the_log(otklik: Otklik, engine: Engine) -> None:
    before = told(engine)
    for line, *_ in TABLE:
        assert otklik(*typed(line), "--by", "nobody").code == 1
    assert not list(Path().glob("*.zip"))
    otklik("operator", "set", "vera", "--name", "Вера", "--level", "1")  # as it is already
    otklik("review", "draw", "--week-of", "2020-01-01")  # nothing to draw
    otklik("setting", "set", "undo.console", "soon")
    otklik("operator", "add", "vera", "--role", "admin")
    otklik("customer", "export", "1", "copy.txt")
    assert told(engine) == before


@pytest.fixture
def sqlite_log(otklik: Otklik) -> Path:
    """A database in whose log nothing can be written."""
    Path("rules.yaml").write_text(RULES, "utf-8")
    otklik("operator", "add", "gleb", "--role", "operator")
    otklik("operator", "add", "anna", "--role", "admin")
    path = Path("var/otklik.db")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the log is full'); END")
    database.close()
    return path


@pytest.mark.parametrize(
    "line",
    [
        "operator add boris --role operator",
        "operator set gleb --level 3",
        "operator set gleb --link",
        "setting set undo.console 12s",
        "rule add rules.yaml",
        "survey add nps",
        "survey switch csi --off",
        "site add Лавка --origin https://shop.example",
        "improvement add --reason slow --ru Быстрее",
        "backup all.zip",
    ],
)
def test_what_cannot_be_written_down_is_not_done(otklik: Otklik, sqlite_log: Path, line: str) -> None:
    def rows() -> list[str]:
        with sqlite3.connect(sqlite_log) as database:
            dump = [one for one in database.iterdump() if one.startswith("INSERT")]
        database.close()
        return dump

    before = rows()
    assert "the log is full" in otklik(*typed(line)).complaint
    assert rows() == before
    assert not Path("all.zip").exists()


def test_whatever_changes_something_takes_a_name() -> None:
    unsigned = {
        path.removeprefix("otklik ")
        for path, command in commands(program)
        if not any("--by" in one.opts for one in command.params if isinstance(one, click.Option))
    }
    assert unsigned == READING
    signed = {path.removeprefix("otklik ") for path, _ in commands(program)} - READING
    tried = {" ".join(typed(row[0])[:1] if row[0].startswith("backup") else typed(row[0])[:2]) for row in TABLE}
    elsewhere = {"restore", "review draw"} | {one for one in signed if one.startswith("faq ")}
    assert signed - elsewhere == tried
