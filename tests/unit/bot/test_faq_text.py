"""What an operator's words behind `/faq` mean."""

from __future__ import annotations

import pytest

from bot.decide.faq.reading import FaqText, read_faq_text


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        ("", FaqText()),
        ("возврат  денег", FaqText("find", words="возврат денег")),
        ("find чек", FaqText("find", words="чек")),
        ("Найди чек", FaqText("find", words="чек")),
        ("find", FaqText("find")),
        ("show receipt", FaqText("show", "receipt", words="receipt")),
        ("показать", FaqText("show")),
        ("publish  a_b", FaqText("publish", "a_b", words="a_b")),
        ("архив a_b", FaqText("archive", "a_b", words="a_b")),
        ("edit pay Только картой.", FaqText("edit", "pay", "pay", {"answer": "Только картой."})),
        ("edit pay\n+ сбп\n+ как платить", FaqText("edit", "pay", "pay", {}, ("сбп", "как платить"))),
        (
            "edit pay\nкатегория: -\nдействует до: нет",
            FaqText("edit", "pay", "pay", {"category": "", "valid_until": None}),
        ),
        ("edit pay\nphrasings: раз | два", FaqText("edit", "pay", "pay", {"phrasings": ("раз", "два")})),
        (
            "edit pay\nответ: Только картой.\nИли СБП.",
            FaqText("edit", "pay", "pay", {"answer": "Только картой.\nИли СБП."}),
        ),
        # a line of the answer that looks like a field is the answer's
        ("edit pay\nДа.\nвопрос: нет", FaqText("edit", "pay", "pay", {"answer": "Да.\nвопрос: нет"})),
        ("edit pay\nВажно: чек нужен", FaqText("edit", "pay", "pay", {"answer": "Важно: чек нужен"})),
        ("add Где чек?", FaqText("add", words="Где чек?", values={"question": "Где чек?"})),
        (
            "add Где чек?\nкатегория: Оплата\n\nНа почте.\n\nИ в «Спаме».",
            FaqText(
                "add",
                words="Где чек?",
                values={"question": "Где чек?", "category": "Оплата", "answer": "На почте.\n\nИ в «Спаме»."},
            ),
        ),
    ],
)
def test_reading(argument: str, meant: FaqText) -> None:
    assert read_faq_text(argument) == meant
