"""What a person wrote arrives whole, however small the platform's limits are."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel import Capabilities
from core.fit import clean, fit, fit_buttons, is_boundary, is_visible, len16, split, with_buttons_as_text
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

CAN = Capabilities(
    text_limit=40,
    caption_limit=20,
    max_buttons=10,
    max_row=5,
    max_rows=6,
    label_limit=12,
    album_limit=3,
    has_markup=True,
)
PHOTO, VOICE = Attachment(AttachmentKind.PHOTO, ref="p"), Attachment(AttachmentKind.VOICE, ref="v")
DOCUMENT, PLACE = Attachment(AttachmentKind.DOCUMENT, ref="d"), Attachment(AttachmentKind.LOCATION)

WORDS = st.text(alphabet="абв  \n.!xyz👍🏽👩\u200d👩🇷🇺е\u0301\u00a0😀", max_size=150)
BUTTONS = st.lists(
    st.lists(
        st.builds(Button, st.text("абв👍 \x00", max_size=30), st.text("t1", min_size=1, max_size=3)), max_size=9
    ).map(tuple),
    max_size=12,
).map(tuple)
ATTACHMENTS = st.lists(st.sampled_from([PHOTO, VOICE, DOCUMENT, PLACE]), max_size=9).map(tuple)
MESSAGES = st.builds(OutgoingMessage, WORDS, BUTTONS, ATTACHMENTS, st.just("7"), st.sampled_from(["", "9"]))


def visible(text: str) -> str:
    """Without whitespace, and without what cannot be seen alone: parts made of nothing else are left out."""
    return "".join(filter(is_visible, text))


@given(MESSAGES)
@settings(max_examples=60, deadline=None)
def test_nothing_but_whitespace_is_lost(message):
    parts = fit(message, CAN)
    assert visible("".join(part.text for part in parts)) == visible(message.text)
    assert [a for part in parts for a in part.attachments] == list(message.attachments)


@given(MESSAGES)
@settings(max_examples=60, deadline=None)
def test_each_part_is_within_limits_and_stays_as_it_is(message):
    parts = fit(message, CAN)
    for place, part in enumerate(parts):
        assert part.text or part.attachments
        assert len16(part.text) <= (CAN.caption_limit if part.attachments else CAN.text_limit)
        assert len(part.attachments) <= CAN.album_limit
        assert bool(part.reply_to) == (place == 0)
        assert not part.edit_of or place == 0
        assert not part.buttons or place == len(parts) - 1
        assert fit(part, CAN) == (part,)


@given(BUTTONS)
@settings(deadline=None)
def test_keyboards_fit_and_keep_the_last_button(rows):
    flat = [button for row in rows for button in row]
    fitted = fit_buttons(rows, CAN)
    kept = [button for row in fitted for button in row]
    assert all(0 < len(row) <= CAN.max_row for row in fitted)
    assert len(fitted) <= CAN.max_rows
    assert all(0 < len16(button.label) <= CAN.label_limit for button in kept)
    assert len(kept) == min(len(flat), CAN.max_buttons)
    if flat:
        assert kept[-1].token == flat[-1].token
        assert [b.token for b in kept[:-1]] == [b.token for b in flat[: len(kept) - 1]]
    assert fit_buttons(fitted, CAN) == fitted


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Первый абзац тут.\n\nВторой абзац. Он подлиннее.", "Первый абзац тут."),
        ("Первая\nвторая строка. Третья. Она подлиннее", "Первая\nвторая строка. Третья."),
        ("Строка покороче этой\nвтораястрокабезпробелов.ондлиннее", "Строка покороче этой"),
        ("Предложение номер раз. Второе длиннее, чем первое", "Предложение номер раз."),
        ("слово и ещё слово и ещё слово и ещё словечко", "слово и ещё слово и ещё слово и ещё"),
        ("а" * 60, "а" * 40),
    ],
)
def test_cuts_where_a_reader_would(text, first):
    spans = list(split(text, 40))
    assert text[slice(*spans[0])] == first


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧", "🇷🇺", "👍🏽", "e\u0301", "❤️", "🏴\U000e0067\U000e0062\U000e007f"])
@pytest.mark.parametrize("before", range(30, 41))
def test_what_is_seen_as_one_character_stays_whole(cluster, before):
    text = "x" * before + cluster * 3 + "y" * 30
    parts = [text[start:end] for start, end in split(text, 40)]
    assert "".join(parts) == text
    assert "".join(parts).count(cluster) == sum(part.count(cluster) for part in parts)


def test_flags_are_counted_in_pairs():
    flags = "🇷🇺🇰🇿🇧🇾"
    assert [index for index in range(len(flags) + 1) if is_boundary(flags, index)] == [0, 2, 4, 6]


def test_endless_cluster_is_cut_hard():
    text = "e" + "\u0301" * 500
    parts = [text[start:end] for start, end in split(text, 40)]
    assert "".join(parts) == text
    assert max(map(len16, parts)) == 40


def test_limit_is_counted_in_utf16():
    assert [len16("😀" * 30), *(len16(p.text) for p in fit(OutgoingMessage("😀" * 30), CAN))] == [60, 40, 20]


def test_control_characters_go_and_line_breaks_stay():
    assert clean("\x00a\r\nb\rc\x0bd\x07\ud800\u0085e\t.") == "a\nb\nc\nd\ne\t."


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x01", "\u200b\u2060", "\ufe0f", "\u3164", "\ud83d"])
def test_nothing_visible_is_no_message(text):
    assert fit(OutgoingMessage(text, buttons=((Button("да", "1"),),)), CAN) == ()
    assert fit(OutgoingMessage(text, attachments=(PHOTO,)), CAN) == (OutgoingMessage(attachments=(PHOTO,)),)


def test_short_caption_rides_on_the_first_album():
    parts = fit(OutgoingMessage("смотрите", attachments=(PHOTO,) * 5, reply_to="4"), CAN)
    assert [(p.text, len(p.attachments), p.reply_to) for p in parts] == [("смотрите", 3, "4"), ("", 2, "")]


def test_long_caption_follows():
    parts = fit(OutgoingMessage("с" * 30, attachments=(PHOTO,)), CAN)
    assert [(p.text, len(p.attachments)) for p in parts] == [("", 1), ("с" * 30, 0)]


def test_album_with_a_keyboard_gets_it_on_the_text():
    row = ((Button("да", "1"),),)
    parts = fit(OutgoingMessage("да?", attachments=(PHOTO, PHOTO), buttons=row), CAN)
    assert [(p.text, len(p.attachments), p.buttons) for p in parts] == [("", 2, ()), ("да?", 0, row)]
    (part,) = fit(OutgoingMessage("да?", attachments=(PHOTO,), buttons=row), CAN)
    assert part.buttons == row


def test_kinds_that_do_not_mix_go_apart_in_order():
    parts = fit(OutgoingMessage(attachments=(PHOTO, DOCUMENT, DOCUMENT, PLACE, VOICE, PHOTO)), CAN)
    assert [tuple(a.kind.value for a in p.attachments) for p in parts] == [
        ("photo",), ("document", "document"), ("location",), ("voice",), ("photo",),
    ]  # fmt: skip


def test_ten_single_rows_become_six():
    rows = tuple((Button(str(n), str(n)),) for n in range(10))
    fitted = fit_buttons(rows, CAN)
    assert [len(row) for row in fitted] == [2, 2, 2, 2, 1, 1]
    assert fitted[-1][0].token == "9"


def test_formatting_is_cut_and_shifted_with_the_text():
    text = "\x00  😀 жирное " + "я" * 30 + " " + "ссылка@почта.рф"
    bold = {"type": "bold", "offset": 3, "length": 30}
    mail = {"type": "email", "offset": len16(text) - 15, "length": 15}
    first, second = fit(OutgoingMessage(text, markup=json.dumps([bold, mail])), CAN)
    (entity,) = json.loads(first.markup)
    assert entity == {"type": "bold", "offset": 0, "length": 30}
    found = json.loads(second.markup)
    mails = [e for e in found if e["type"] == "email"]
    assert [
        second.text.encode("utf-16-le")[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in mails
    ] == ["ссылка@почта.рф"]


@pytest.mark.parametrize(
    "markup", ["{", "[1]", "5", '[{"offset": "x", "length": 1}]', '[{"offset": -4, "length": 1}]', "[" * 9000]
)
def test_unreadable_formatting_is_dropped(markup):
    assert fit(OutgoingMessage("да", markup=markup), CAN) == (OutgoingMessage("да"),)


def test_formatting_is_dropped_where_the_platform_has_none():
    plain = Capabilities(has_markup=False)
    markup = json.dumps([{"type": "bold", "offset": 0, "length": 2}])
    assert fit(OutgoingMessage("да", markup=markup), plain) == (OutgoingMessage("да"),)
    assert fit(OutgoingMessage("да", markup=markup), CAN)[0].markup == markup


def test_buttons_as_a_numbered_list():
    rows = ((Button("Помогло", "1"), Button("Не помогло", "2")), (Button("Оператор", "3"),))
    asked = with_buttons_as_text(OutgoingMessage("Вот ответ.", rows), "Ответьте номером:")
    assert asked == OutgoingMessage("Вот ответ.\n\nОтветьте номером:\n1 — Помогло\n2 — Не помогло\n3 — Оператор")
    assert with_buttons_as_text(OutgoingMessage("", rows[1:]), "") == OutgoingMessage("1 — Оператор")
    assert with_buttons_as_text(OutgoingMessage("x"), "h") == OutgoingMessage("x")
