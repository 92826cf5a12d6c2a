"""Example values for the placeholders of sentences, so that a preview reads like a real message."""

from __future__ import annotations

from collections.abc import Sequence

_COUNTS = {1: (5,), 2: (1, 5), 3: (1, 2, 5)}  # numbers that take the plural forms, by how many forms there are
_EXAMPLES: dict[str, tuple[str, str]] = {
    "addresses": ("Telegram, сайт", "Telegram, website"),
    "answer": ("По городу — 1–2 дня.", "1–2 days within the city."),
    "author": ("Мария", "Maria"),
    "capacity": ("4", "4"),
    "category": ("Доставка", "Delivery"),
    "change": (" (было 84)", " (was 84)"),
    "channel": ("Telegram", "Telegram"),
    "code": ("K7M2-4QX9", "K7M2-4QX9"),
    "command": ("/take", "/take"),
    "comment": ("Долго ждал ответа", "Waited long for an answer"),
    "date": ("25.12", "25 Dec"),
    "day": ("в понедельник", "on Monday"),
    "first": ("16.11", "16 Nov"),
    "holder": ("Анна Ким", "Anna Kim"),
    "last": ("22.11", "22 Nov"),
    "marks": ("⭐", "⭐"),
    "name": ("Анна", "Anna"),
    "names": ("возврат, часы", "returns, hours"),
    "operator": ("Анна Ким", "Anna Kim"),
    "presence": ("на месте", "online"),
    "priority": ("высокая", "high"),
    "question": ("Сколько идёт доставка?", "How long does delivery take?"),
    "reason": ("Долго ждать", "Had to wait"),
    "rule": ("Долгое ожидание", "Long wait"),
    "since": ("12.03.2026", "12 Mar 2026"),
    "skills": ("Доставка, Возврат", "Delivery, Returns"),
    "survey": ("nps", "nps"),
    "tag": ("возврат", "returns"),
    "target": ("первый ответ", "first response"),
    "text": ("Здравствуйте! Уже проверяю.", "Hello! I am checking it."),
    "time": ("9:00", "9:00"),
    "to": ("Борис Лужин", "Boris Luzhin"),
    "until": ("завтра, 9:00", "tomorrow, 9:00"),
    "what": ("голосовое сообщение", "a voice message"),
    "words": ("отвечаем быстрее по вечерам", "we answer faster in the evening"),
    "link": ("https://t.me/c/123/4", "https://t.me/c/123/4"),
    "score": ("5", "5"),
    "scores": ("5, 4", "5, 4"),
    "lowest": ("0", "0"),
    "highest": ("10", "10"),
    "percent": ("86", "86"),
    "value": ("86", "86"),
}
_ANY = "3"  # all others are numbers


def example_of(name: str, language: str) -> str:
    ru, en = _EXAMPLES.get(name, (_ANY, _ANY))
    return en if language == "en" else ru


def previewed(forms: Sequence[str], language: str) -> tuple[str, ...]:
    """Each form with its placeholders filled in; the forms must be faultless."""
    counts = _COUNTS.get(len(forms), ())
    shown = []
    for place, form in enumerate(forms):
        values = _Values(language, counts[place] if place < len(counts) else 5)
        shown.append(form.format_map(values))
    return tuple(shown)


class _Values(dict[str, str]):
    """Whatever a sentence asks for."""

    def __init__(self, language: str, count: int) -> None:
        super().__init__(count=str(count))
        self._language = language

    def __missing__(self, name: str) -> str:
        return example_of(name, self._language)
