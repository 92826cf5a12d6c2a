"""Messages as they really arrive: mistyped, in the wrong layout, in Latin letters, wrapped in talk."""

import random

from faq.words.keyboard import to_latin_layout

_BEFORE = (
    "здравствуйте", "добрый день", "привет", "подскажите пожалуйста", "здрасте, такой вопрос", "девушка скажите",
    "добрый вечер, я у вас впервые", "слушайте", "народ", "ребята помогите", "извините за беспокойство",
    "доброго времени суток, пишу вам уже второй раз", "не могу разобраться сама", "у меня такая ситуация",
    "читаю сайт и не нахожу", "муж попросил узнать", "вчера звонила, никто не взял трубку",
    "я человек пожилой и плохо понимаю в этих делах", "давно пользуюсь вашими услугами и всегда всё устраивало",
)  # fmt: skip
_STORIES = (
    "здравствуйте, пишу вам потому что по телефону дозвониться не получилось, двадцать минут слушала музыку",
    "добрый день. я у вас уже третий год, раньше с таким не сталкивалась, поэтому немного растерялась",
    "ситуация такая: сегодня утром собиралась на работу и вспомнила что так и не решила один вопрос",
    "мы с женой долго спорили и решили спросить напрямую, чтобы не гадать",
    "вчера вечером сел разобраться, перечитал всё на сайте два раза, но так и не понял",
    "моя мама попросила помочь, сама она с компьютером не дружит, а я в этом тоже не очень",
    "подруга посоветовала вас, сказала что всё просто, но у меня что-то пошло не так",
    "на прошлой неделе уже обращалась, девушка обещала перезвонить, никто так и не перезвонил",
    "не знаю туда ли пишу, если не туда то подскажите куда",
    "случилась неприятная история, до сих пор не могу прийти в себя",
    "у меня двое маленьких детей, времени вникать совсем нет, поэтому спрошу коротко",
    "раньше всё было понятно, а теперь вы что-то поменяли и я запутался",
    "hello, i have been a customer for two years and never had any trouble until this week",
    "i am writing because nobody picked up the phone and i do not know what else to do",
)
_AFTER = (
    "спасибо", "заранее спасибо", "жду ответа", "а то уже вся извелась", "пожалуйста", "срочно", "надеюсь на вас",
    "никак не найду где это посмотреть", "объясните по-человечески", "буду благодарна за ответ", "очень надо",
    "а то времени совсем нет, завтра уезжаю", "может кто-то сталкивался",
)  # fmt: skip
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_SPELT = "a b v g d e zh z i y k l m n o p r s t u f h c ch sh sch  y  e yu ya e".split(" ")
_LATIN = dict(zip(_LETTERS, _SPELT, strict=True))
_NEAR = {"о": "а", "а": "о", "е": "и", "и": "е", "т": "д", "д": "т", "з": "с", "с": "з", "я": "е", "ы": "и"}


def mistyped(text: str, chance: random.Random) -> str:
    """One or two letters lost, doubled, swapped or mistaken."""
    for _ in range(chance.choice((1, 1, 2))):
        places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
        if not places:
            break
        at = chance.choice(places)
        kind = chance.randrange(4)
        middle = (
            "" if kind == 0 else text[at] * 2 if kind == 1 else _NEAR.get(text[at], text[at]) if kind == 2 else None
        )
        if middle is None:
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        else:
            text = text[:at] + middle + text[at + 1 :]
    return text


def wrapped(text: str, chance: random.Random) -> str:
    """The same with talk around it."""
    before = ", ".join(chance.sample(_BEFORE, chance.choice((1, 1, 2, 3))))
    if chance.random() < 0.4:
        before = ". ".join(chance.sample(_STORIES, chance.choice((1, 1, 2))))
    after = ", ".join(chance.sample(_AFTER, chance.choice((0, 1, 1, 2))))
    return f"{before}{chance.choice((' ', '. ', ', '))}{text}{chance.choice((' ', '. ', ', '))}{after}".strip(" ,")


def disguised(text: str, chance: random.Random) -> str:
    """A message as somebody might have typed it; half stay as they are."""
    turn = chance.random()
    if turn < 0.5:
        return text
    if turn < 0.65:
        return mistyped(text, chance)
    if turn < 0.9:
        return wrapped(text, chance)
    if turn < 0.95:
        return to_latin_layout(text.lower())
    return "".join(_LATIN.get(letter, letter) for letter in text.lower())


def altered(wording: str, chance: random.Random) -> str:
    """A wording of the FAQ nearly as it stands there: a word less, another order, endings lost, a letter wrong."""
    words = wording.strip("?").split()
    if len(words) > 2 and chance.random() < 0.5:
        words.pop(chance.randrange(len(words)))
    if chance.random() < 0.3:
        chance.shuffle(words)
    text = " ".join(word[:-1] if len(word) > 5 and chance.random() < 0.2 else word for word in words).lower()
    return mistyped(text, chance) if chance.random() < 0.6 else text
