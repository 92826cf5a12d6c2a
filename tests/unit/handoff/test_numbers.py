"""Card and passport numbers: found as people write them, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.service.numbers import find_numbers, hide_numbers, put_back


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("моя карта 4111 1111 1111 1111, спишите", "моя карта •••• •••• •••• 1111, спишите"),
        ("5555555555554444", "••••••••••••4444"),
        ("2200-7001-0000-0008", "••••-••••-••••-0008"),
        ("2200700100000008?", "••••••••••••0008?"),
        ("3782 822463 10005", "•••• •••••• •0005"),
        ("паспорт 45 10 123456 выдан", "паспорт •• •• •••••• выдан"),
        ("серия 4510 номер 123456", "серия •••• номер ••••••"),
        ("Паспорт: 4510123456", "Паспорт: ••••••••••"),
        ("вот: 4510 123456", "вот: •••• ••••••"),
        ("45 10 № 123456", "•• •• № ••••••"),
        ("загранпаспорт 75 1234567", "загранпаспорт •• •••••••"),
        ("my passport number is 75 1234567", "my passport number is •• •••••••"),
    ],
)
def test_number_is_found_and_hidden(text: str, hidden: str) -> None:
    assert hide_numbers(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "",
        "заказ 15",
        "заказ 4111111111111112",  # the last digit is wrong
        "мой номер +7 916 123-45-67",
        "8 (916) 123 45 67",
        "89161234567",
        "9161234567",
        "трек 80083177331761",
        "RA123456789RU",
        "ИНН 7707083893",
        "счёт 40817810099910004312",  # twenty digits: an account
        "25.12.2026 10:00, 26.12.2026 11:00",
        "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6",
        "0000000000000000",
        "паспорт заберу завтра в 10 12",
        "2026-11-28 123",
    ],
)
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert find_numbers(text) == []
    assert hide_numbers(text) == text


@given(st.text(alphabet="0123456789 -аптрсo№.", max_size=60))
def test_hiding_keeps_length_and_hides_all_it_finds(text: str) -> None:
    hidden = hide_numbers(text)
    assert len(hidden) == len(text)
    assert [one for one in find_numbers(hidden) if one.kind == "card"] == []


@given(st.integers(10**14, 10**15 - 1), st.sampled_from(["", " ", "-"]))
def test_every_valid_card_is_found(body: int, gap: str) -> None:
    digits = f"4{body:015}"[:15]
    total = sum(sum(divmod(int(c) * (2 if place % 2 == 0 else 1), 10)) for place, c in enumerate(digits))
    card = digits + str(-total % 10)
    shown = gap.join(card[start : start + 4] for start in range(0, 16, 4))
    (found,) = find_numbers(f"карта {shown} до 12/28")
    assert (found.start, found.end) == (6, 6 + len(shown))


@pytest.mark.parametrize(
    ("before", "written", "meant"),
    [
        ("карта 5555555555554444", "наша карта: ••••••••••••4444!", "наша карта: 5555555555554444!"),
        ("карта 5555555555554444", "без карты", "без карты"),
        ("паспорт 4510 123456, паспорт 4511 654321", "• •••• ••••••; •••• ••••••", "• 4510 123456; 4511 654321"),
        ("паспорт 4510 123456, паспорт 4511 654321", "второй: •••• ••••••", "второй: •••• ••••••"),  # which of them?
        ("паспорт 4510123456, 5555555555554444", "•••••••••• ••••••••••••4444", "4510123456 5555555555554444"),
    ],
)
def test_hidden_number_that_was_left_alone_is_put_back(before: str, written: str, meant: str) -> None:
    assert put_back(written, before) == meant


@given(st.text(alphabet="0123456789 -аптрсo№.", max_size=60))
def test_what_was_only_shown_comes_back_whole(text: str) -> None:
    assert put_back(hide_numbers(text), text) == text
