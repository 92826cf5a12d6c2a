"""Recognises that the words ask for a person, in Russian and English, with typos, angry or polite."""

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from faq.normalize import MAX_LENGTH, all_readings
from faq.words.lists import read_list
from faq.words.noise import strip_noise

_LISTS = {name: " ".join(lines).split() for name, lines in read_list("calls.yaml").items()}
# A clause is a call when it is made of these words only and they add up to one; so "оператор связи", "человек-паук"
# or "вакансия менеджера" are none. Of a word in two lists the later part counts.
_ROLES = {word: role for role in ("filler", "action", "against", "bot", "person") for word in _LISTS[role]}
_WEAK = frozenset(_LISTS["weak"])
_BLOCKERS = frozenset(_LISTS["blocker"])
_SOMEONE = frozenset(_LISTS["someone"])
_ANSWERS = frozenset(_LISTS["answers"])
# Words of their own that are one letter from a word of a call.
_ELSEWHERE = frozenset(_LISTS["elsewhere"])
_MISSPELT = tuple(word for word, role in _ROLES.items() if len(word) >= 4 and role in ("action", "person"))
_CLAUSE = re.compile(r"[.,!?;:()\n]+|\s[-—–]\s|\s(?:а не|но|потому что|because)\s", re.IGNORECASE)

# In the middle of other words: an order to be connected to a person is a call whatever is said around it.
_ORDERED = (
    r"позов(?:и|ите)|соедини(?:те|ть)?|переключи(?:те|ть)?|перевед(?:и|ите)|свяжи(?:те)?|подключи(?:те)?|дайте|дай|"
    r"пригласи(?:те)?|вызов(?:и|ите)"
)
_BETWEEN = (
    r"меня|мне|пожалуйста|сюда|уже|нам|срочно|с|со|на|к|живого|живым|вашим|вашего|каким|какого|нибудь|кем|то|любого|"
    r"любым|нормального|реального|другого"
)
_PEOPLE = (
    r"оператор(?:а|ом)|человек(?:а|ом)|менеджер(?:а|ом)|специалист(?:а|ом)|сотрудник(?:а|ом)|консультант(?:а|ом)|"
    r"руководител(?:я|ем)|администратор(?:а|ом)|поддержк(?:у|ой)|людьми"
)
_SOME = r"(?:an?|the|your|some)? ?(?:real |live |human |actual )*"
_PEOPLE_EN = r"(?:person|human|agent|operator|representative|manager|supervisor)"
_ORDER = re.compile(
    rf"\b(?:{_ORDERED})(?: (?:{_BETWEEN}))* (?:{_PEOPLE})(?! (?:связи|мобильн|сотов|пвз|по ремонту))|"
    rf"\b(?:connect|transfer|put|switch) (?:me )?(?:through )?(?:to|with) {_SOME}{_PEOPLE_EN}\b|"
    rf"\b(?:talk|speak|chat) (?:to|with) {_SOME}{_PEOPLE_EN}\b|"
    rf"\b(?:поговорить|пообщаться|говорить|общаться|связаться) с (?:живым |вашим |реальным |нормальным )*"
    rf"(?:{_PEOPLE})\b"
)


def asks_for_operator(text: str) -> bool:
    """Whether the words ask for a person; any text is taken, only its first 2 000 characters are read."""
    return _asks(text[:MAX_LENGTH])


def is_bare_call(text: str) -> bool:
    """Whether the words ask for a person and say nothing else; only the first 2 000 characters are read."""
    return any(_is_call(strip_noise(reading).split()) for reading in all_readings(text[:MAX_LENGTH]))


@lru_cache(maxsize=512)
def _asks(text: str) -> bool:
    for reading in all_readings(text):
        if _ORDER.search(reading) or _is_call(reading.split()):
            return True
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    if len(clauses) == 1 and len(all_readings(text)) == 1:
        return False
    return any(_is_call(reading.split()) for clause in clauses for reading in all_readings(clause))


@lru_cache(maxsize=4_096)
def _role(word: str) -> tuple[str, str] | None:
    """The known word meant and its role; words of four letters and more may be misspelt."""
    if word in _ROLES:
        return word, _ROLES[word]
    if len(word) < 4 or word in _ELSEWHERE:
        return None
    allowed = 1 if len(word) < 7 else 2
    found = process.extractOne(word, _MISSPELT, scorer=OSA.distance, score_cutoff=allowed)
    return (found[0], _ROLES[found[0]]) if found else None


def _is_call(words: list[str]) -> bool:
    found = []
    for word in words:
        role = _role(word)
        if role is None:
            return False
        found.append(role)
    known = {word for word, _ in found}
    roles = {role for _, role in found}
    if "bot" in roles and "against" in roles:
        return True
    people = {word for word, role in found if role == "person"}
    if not people:
        return bool(_SOMEONE & known and _ANSWERS & known)
    if "bot" in roles:
        return False
    return "action" in roles or not (people <= _WEAK or _BLOCKERS & known)
