"""A made-up company: a FAQ of any size in Russian and customers' messages with typing errors, from a seed."""

from __future__ import annotations

import random

from faq.entry import Entry

_THINGS = (
    "доставка заказ оплата возврат гарантия карта скидка промокод курьер посылка магазин размер подписка пароль "
    "аккаунт чек счёт договор ремонт обмен самовывоз адрес телефон письмо уведомление приложение сайт каталог "
    "корзина отзыв бонус баланс тариф услуга мастер консультация запись билет номер"
).split()
_ACTS = (
    "оформить отменить изменить получить оплатить вернуть проверить найти отследить подключить отключить заменить "
    "восстановить продлить перенести отправить узнать выбрать заказать удалить"
).split()
_DETAILS = (
    "срочно онлайн повторно бесплатно заранее частично целиком вечером утром завтра сегодня почтой курьером лично "
    "по телефону через приложение на сайте за границей в подарок для компании без паспорта по доверенности"
).split()


def make_faq(count: int, seed: int = 7) -> list[Entry]:
    """`count` different entries with two phrasings each."""
    dice = random.Random(seed)
    entries: list[Entry] = []
    seen: set[str] = set()
    while len(entries) < count:
        words = [dice.choice(_ACTS), dice.choice(_THINGS), dice.choice(_THINGS), dice.choice(_DETAILS)]
        question = f"Как {words[0]} {words[1]} и {words[2]} {words[3]}?"
        if question in seen:
            continue
        seen.add(question)
        phrasings = (
            f"{words[0]} {words[1]} {words[2]} {words[3]}",
            f"хочу {words[0]} {words[2]} {words[1]} {words[3]}",
        )
        number = len(entries)
        answer = f"Чтобы {words[0]} {words[1]}, откройте раздел {number} и следуйте подсказкам."
        entries.append(Entry(f"e{number}", words[1].capitalize(), question, answer, phrasings))
    return entries


def make_messages(entries: list[Entry], count: int, seed: int = 11) -> list[str]:
    """Questions as customers type them: a letter lost or doubled now and then."""
    dice = random.Random(seed)
    return [_mistype(dice.choice(entries).question.lower().rstrip("?"), dice) for _ in range(count)]


def _mistype(text: str, dice: random.Random) -> str:
    if dice.random() < 0.5:
        place = dice.randrange(4, len(text) - 1)
        text = text[:place] + (text[place + 1 :] if dice.random() < 0.5 else text[place] + text[place:])
    return text
