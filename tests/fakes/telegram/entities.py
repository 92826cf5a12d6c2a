"""Text with markup -> plain text and entities, with the Bot API's complaints; offsets in UTF-16 units."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.fakes.telegram.refusal import Bad

NAMES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?")
URL = re.compile(r"https?://[^\s<>\"]+")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _fail(what: str) -> Bad:
    return Bad(f"can't parse entities: {what}")


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    out: list[str] = []
    length = position = 0
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, dict[str, str]]] = []

    def add(piece: str) -> None:
        nonlocal length
        plain = REFERENCE.sub(lambda found: html.unescape(found.group()), piece)
        out.append(plain)
        length += utf16(plain)

    while (start := source.find("<", position)) >= 0:
        add(source[position:start])
        at = len(source[:start].encode())
        tag = TAG.match(source, start)
        if tag is None:
            raise _fail(
                f"Unclosed start tag at byte offset {at}"
                if ">" not in source[start:]
                else f'Unsupported start tag "{source[start + 1 : start + 10]}" at byte offset {at}'
            )
        closing, name, rest = tag.group(1), tag.group(2).lower(), tag.group(3)
        position = tag.end()
        if closing:
            if not open_tags:
                raise _fail(f"Unexpected end tag at byte offset {at}")
            wanted, since, attributes = open_tags.pop()
            if wanted != name:
                raise _fail(f'Unmatched end tag at byte offset {at}, expected "</{wanted}>", found "</{name}>"')
            entities += _entity(name, since, length - since, attributes)
            continue
        attributes = {key.lower(): html.unescape(one or two or bare) for key, one, two, bare in ATTRIBUTE.findall(rest)}
        if name not in NAMES or (name == "span" and attributes.get("class") != "tg-spoiler"):
            raise _fail(f'Unsupported start tag "{name}" at byte offset {at}')
        open_tags.append((name, length, attributes))
    add(source[position:])
    if open_tags:
        raise _fail(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(out), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _entity(name: str, offset: int, length: int, attributes: dict[str, str]) -> list[dict[str, Any]]:
    if not length or (name == "a" and not attributes.get("href")):
        return []
    entity: dict[str, Any] = {"type": NAMES[name], "offset": offset, "length": length}
    if name == "a":
        entity["url"] = attributes["href"]
    elif name == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    elif name == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    return [entity]


def formatted(source: str, parse_mode: str, given: Any) -> tuple[str, list[dict[str, Any]]]:
    """What remains to be seen, cleaned and trimmed as Telegram does it."""
    if parse_mode.lower() == "html":
        text, entities = parse_html(source)
    elif parse_mode and parse_mode.lower() != "none":
        raise Bad("unsupported parse_mode")
    else:
        text, entities = source, [dict(entity) for entity in given] if isinstance(given, list) else []
    text = CONTROL.sub(" ", text.replace("\r", ""))
    cut = len(text) - len(text.lstrip())
    shift, kept = utf16(text[:cut]), text.strip()
    size = utf16(kept)
    fitted = []
    for entity in entities:
        start, end = max(entity["offset"] - shift, 0), min(entity["offset"] + entity["length"] - shift, size)
        if end > start:
            fitted.append(entity | {"offset": start, "length": end - start})
    return kept, fitted


def found_entities(text: str) -> list[dict[str, Any]]:
    """Commands and links, which Telegram marks by itself."""
    if "/" not in text:
        return []
    links = [("url", found) for found in URL.finditer(text)]
    commands = [
        ("bot_command", found)
        for found in COMMAND.finditer(text)
        if not any(link.start() <= found.start() < link.end() for _, link in links)
    ]
    return [
        {"type": kind, "offset": utf16(text[: found.start()]), "length": utf16(found.group())}
        for kind, found in sorted(links + commands, key=lambda pair: pair[1].start())
    ]
