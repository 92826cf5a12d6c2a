"""What an operator in the group can still do about a reply: take it back while there is time, send it again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.storage.service.settings import change_setting
from tests.integration.functions.house import House, Person


async def set_undo(house: House, span: str) -> None:
    now = house.app.clock.now()
    await house.app.database.write(lambda connection: change_setting(connection, "undo.telegram", span, "admin", now))
    await house.app.timers.tick()


async def test_button_takes_a_reply_back_while_its_time_is_not_over(house: House, person: Person) -> None:
    topic = await person.reach_the_desk()
    await set_undo(house, "1m")
    house.says(topic, "Не туда")
    offer = await house.shows(topic, "Уйдёт клиенту через 60 с")
    shown = re.search(r"в (\d\d:\d\d:\d\d)", offer.text)
    assert shown is not None
    left = datetime.strptime(shown[1], "%H:%M:%S") - datetime.strptime(f"{house.app.clock.now():%H:%M:%S}", "%H:%M:%S")
    assert timedelta(seconds=45) <= left % timedelta(hours=1) <= timedelta(seconds=60)
    house.presses(topic, "Отменить отправку")
    await house.shows(topic, "Отправка отменена")
    await set_undo(house, "0s")
    house.says(topic, "Вот теперь верно")
    await person.gets("Вот теперь верно")
    assert "Не туда" not in [one.text for one in person.got()]
    house.presses(topic, "Отменить отправку")  # the old button, once more
    await house.shows(topic, "Отменять нечего")


async def test_reply_that_was_refused_is_sent_again(house: House, person: Person) -> None:
    """By the button under the news of it, by a command, and by a command that answers the reply it means."""
    topic = await person.reach_the_desk()
    person.blocks()
    first = house.says(topic, "Первое")
    await house.shows(topic, "Не доставлено: клиент заблокировал бота")
    house.says(topic, "Второе")
    await house.shows(topic, "Не доставлено: клиент заблокировал бота", count=2)
    person.unblocks()
    house.says(topic, "/retry", reply_to=first.message_id)
    await person.gets("Первое")
    assert "Второе" not in [one.text for one in person.got()]
    house.says(topic, "/retry")
    await person.gets("Второе")
    house.says(topic, "/retry")
    await house.shows(topic, "Отправлять повторно нечего")
    person.blocks()
    house.says(topic, "Третье")
    await house.shows(topic, "Не доставлено: клиент заблокировал бота", count=3)
    person.unblocks()
    house.presses(topic, "Отправить ещё раз")
    await person.gets("Третье")
