"""Cuts a message into parts that a channel can carry, losing nothing but whitespace at the cuts.

Everything is counted in UTF-16 code units: Telegram counts so, and for any other platform it is never too few.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from core.channel import Capabilities
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

ELLIPSIS = "…"
Span = tuple[int, int]  # from, to; in code points

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'»”’)\]]*\s")
_WORD = re.compile(r"[^\S\u00a0\u2007\u202f]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n"}
_VISIBLE = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# formatting that still means the same when only a piece of it is left
_SPLITTABLE = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"}
    | {"text_link", "text_mention", "blockquote", "expandable_blockquote"}
)
# kinds that may share an album with their like, and kinds under which a platform shows a text
_ALBUMS = {
    AttachmentKind.PHOTO: "visual",
    AttachmentKind.VIDEO: "visual",
    AttachmentKind.DOCUMENT: "document",
    AttachmentKind.AUDIO: "audio",
}
_CAPTIONED = frozenset({*_ALBUMS, AttachmentKind.ANIMATION, AttachmentKind.VOICE})


def fit(message: OutgoingMessage, capabilities: Capabilities) -> tuple[OutgoingMessage, ...]:
    """Parts in the order of sending, each one platform call; none when nothing visible is left.

    The keyboard goes with the last part, `reply_to` and `edit_of` with the first. A caption that is too long
    follows the attachments as a text of its own.
    """
    text, entities = _cleaned(message.text, message.markup if capabilities.has_markup else "")
    albums = _albums(message.attachments, capabilities.album_limit)
    buttons = fit_buttons(message.buttons, capabilities)
    is_caption = (
        bool(albums)
        and len16(text) <= capabilities.caption_limit
        and albums[0][0].kind in _CAPTIONED
        and (not buttons or len(albums[-1]) == 1)  # an album cannot have a keyboard
    )
    parts = [OutgoingMessage(attachments=album) for album in albums]
    if is_caption:
        parts[0] = replace(parts[0], text=text, markup=_markup(text, entities, (0, len(text))))
    else:
        parts += [
            OutgoingMessage(text=text[start:end], markup=_markup(text, entities, (start, end)))
            for start, end in split(text, capabilities.text_limit)
        ]
    if not parts:
        return ()
    parts[0] = replace(parts[0], reply_to=message.reply_to, edit_of=message.edit_of)
    parts[-1] = replace(parts[-1], buttons=buttons)
    return tuple(parts)


def with_buttons_as_text(message: OutgoingMessage, hint: str) -> OutgoingMessage:
    """The same message with its buttons as a numbered list, for clients without buttons; `hint` stands above it."""
    labels = [button.label for row in message.buttons for button in row]
    if not labels:
        return message
    lines = ([hint] if hint else []) + [f"{number} — {label}" for number, label in enumerate(labels, 1)]
    text = message.text.rstrip() + "\n\n" + "\n".join(lines)
    return replace(message, text=text if message.text.strip() else "\n".join(lines), buttons=())


def len16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + (0 if text.isascii() else len(_ASTRAL.findall(text)))


def is_visible(text: str) -> bool:
    """Whether a platform would take this as a text at all."""
    return _VISIBLE.search(text) is not None


def clean(text: str) -> str:
    """Without the control characters that platforms refuse; line breaks become "\\n", outer whitespace goes."""
    return _cleaned(text, "")[0]


# --- splitting text


def split(text: str, limit: int) -> Iterator[Span]:
    """Where to cut `text`: at a paragraph, else a line, a sentence, a word, else between graphemes.

    Spans are in code points, trimmed of whitespace; invisible ones are left out.
    """
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            end = _cut(text, start, end)
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        last = start + len(piece.rstrip())
        if is_visible(piece):
            yield first, last
        start = end
        while start < len(text) and text[start].isspace():
            start += 1


def _reach(text: str, start: int, limit: int) -> int:
    """The farthest end so that text[start:end] is within `limit`; at least one character on."""
    end = min(len(text), start + max(1, limit))
    excess = len16(text[start:end]) - limit
    while excess > 0 and end > start + 1:
        end -= 1
        excess -= 2 if text[end] > "\uffff" else 1
    return end


def _cut(text: str, start: int, end: int) -> int:
    """The best place in (start, end] to cut at, looking from the end backwards."""
    window = text[start : end + 1]  # a break right behind the part counts too
    third = max(1, (end - start) // 3)  # no tiny parts for the sake of a better place
    for pattern, lowest in ((_PARAGRAPH, third), (_LINE, third), (_SENTENCE, third), (_WORD, 1)):
        places = [match.end() - 1 for match in pattern.finditer(window) if match.end() > lowest]
        if places and is_boundary(text, start + places[-1]):
            return start + places[-1]
    for place in range(end, start, -1):
        if is_boundary(text, place):
            return place
    return end


def is_boundary(text: str, index: int) -> bool:
    """Whether a cut before text[index] leaves what is seen as one character whole."""
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == "\u200d" or (before == "\r" and after == "\n"):
        return False
    if after in "\u200d\u200c" or "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or unicodedata.combining(after):
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        halves = 0
        while halves < index and _is_flag_half(text[index - 1 - halves]):
            halves += 1
        return halves % 2 == 0
    return not ("\u1160" <= after <= "\u11ff")  # Hangul vowels and finals


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


# --- control characters and formatting


def _cleaned(text: str, markup: str) -> tuple[str, list[tuple[Span, dict[str, Any]]]]:
    """The sendable text, and its formatting as spans of it; formatting that cannot be read is dropped."""
    entities = _entities(markup) if markup else []
    kept = text
    if _UNSENDABLE.search(text):
        entities = [(_unit_span(text, span), entity) for span, entity in entities]
        pieces = [_sendable(text, index) for index in range(len(text))]
        places = [0]
        for piece in pieces:
            places.append(places[-1] + len(piece))
        kept = "".join(pieces)
        entities = [((places[first], places[last]), entity) for (first, last), entity in entities]
    elif entities:
        entities = [(_unit_span(text, span), entity) for span, entity in entities]
    if not is_visible(kept):
        return "", []
    left = len(kept) - len(kept.lstrip())
    stripped = kept.strip()
    shifted = [((first - left, last - left), entity) for (first, last), entity in entities]
    return stripped, shifted


def _sendable(text: str, index: int) -> str:
    char = text[index]
    if char == "\r" and text[index + 1 : index + 2] == "\n":
        return ""
    return _BREAKS.get(char, "" if _UNSENDABLE.match(char) else char)


def _entities(markup: str) -> list[tuple[Span, dict[str, Any]]]:
    try:
        entities = json.loads(markup)
        return [
            ((int(entity["offset"]), int(entity["offset"]) + int(entity["length"])), entity)
            for entity in entities
            if entity["offset"] >= 0 and entity["length"] > 0
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def _unit_span(text: str, span: Span) -> Span:
    """From UTF-16 units to code points."""
    if not _ASTRAL.search(text):
        return min(span[0], len(text)), min(span[1], len(text))
    units = text.encode("utf-16-le", "surrogatepass")
    first, last = (len(units[: 2 * place].decode("utf-16-le", "ignore")) for place in span)
    return first, last


def _markup(text: str, entities: list[tuple[Span, dict[str, Any]]], part: Span) -> str:
    """The formatting of one part as JSON, offsets counted from its beginning; empty when there is none."""
    found = []
    for (first, last), entity in entities:
        begin, end = max(first, part[0]), min(last, part[1])
        is_whole = (begin, end) == (first, last)
        if begin < end and (is_whole or entity.get("type") in _SPLITTABLE):
            offset, length = len16(text[part[0] : begin]), len16(text[begin:end])
            found.append({**entity, "offset": offset, "length": length})
    return json.dumps(found, ensure_ascii=False) if found else ""


# --- attachments and keyboards


def _albums(attachments: tuple[Attachment, ...], limit: int) -> list[tuple[Attachment, ...]]:
    """Neighbours that may travel together, in order; what is no album material goes alone."""
    albums: list[tuple[Attachment, ...]] = []
    for family, group in groupby(attachments, lambda attachment: _ALBUMS.get(attachment.kind, "")):
        members = tuple(group)
        size = max(1, limit) if family else 1
        albums += [members[place : place + size] for place in range(0, len(members), size)]
    return albums


def fit_buttons(rows: tuple[tuple[Button, ...], ...], capabilities: Capabilities) -> tuple[tuple[Button, ...], ...]:
    """Labels and rows within the limits; of too many buttons the surplus goes, never the last one (the operator's)."""
    most, widest, tallest = capabilities.max_buttons, capabilities.max_row, capabilities.max_rows
    most = min(most, widest * tallest)
    flat = [button for row in rows for button in row]
    if not flat or most < 1:
        return ()
    fitted = [[_fit_label(button, capabilities.label_limit) for button in row] for row in rows if row]
    if len(flat) > most:
        last = fitted[-1][-1]
        fitted = [[*[button for row in fitted for button in row][: most - 1], last]]
    fitted = [row[place : place + widest] for row in fitted for place in range(0, len(row), widest)]
    if len(fitted) > tallest:
        fitted = _packed([button for row in fitted for button in row], widest, tallest)
    return tuple(tuple(row) for row in fitted)


def _packed(buttons: list[Button], widest: int, tallest: int) -> list[list[Button]]:
    """As few buttons a row as the rows allow; the last button has a row of its own when there is room."""
    *others, last = buttons
    size = -(-len(others) // max(1, tallest - 1))
    if tallest > 1 and size <= widest:
        return [*(others[place : place + size] for place in range(0, len(others), size)), [last]]
    size = -(-len(buttons) // tallest)
    return [buttons[place : place + size] for place in range(0, len(buttons), size)]


def _fit_label(button: Button, limit: int) -> Button:
    label = _short(button.label, limit)
    return button if label == button.label else replace(button, label=label)


@lru_cache(1000)  # the same few stand under every message
def _short(label: str, limit: int) -> str:
    label = " ".join(clean(label).split()) or ELLIPSIS
    if len16(label) <= limit:
        return label
    end = _reach(label, 0, limit - 1)
    while end > 1 and not is_boundary(label, end):
        end -= 1
    return label[:end].rstrip() + ELLIPSIS
