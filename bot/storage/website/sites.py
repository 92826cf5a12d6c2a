"""Websites that carry the chat: where it may be shown, how it looks, what their customers are signed with."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.storage.website.tables import site
from core.errors import InvalidInput, NotFound
from core.text import LANGUAGES

_ORIGIN = re.compile(r"(https?)://(\*\.)?([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
COLOUR = "#0a7d5a"
TEXTS = {"title": 60, "greeting": 300}  # what a site may say in its own words, and how long


@dataclass(frozen=True, slots=True)
class Site:
    """`origins` may begin with `*.` after the scheme; `texts`: language -> title, greeting."""

    key: str
    name: str
    origins: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    colour: str = COLOUR
    position: str = "right"
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_active: bool = True
    number: int = 0

    def allows(self, origin: str) -> bool:
        """Whether the chat may be shown on pages of this origin."""
        return any(_fits(pattern, origin.lower()) for pattern in self.origins)


def _fits(pattern: str, origin: str) -> bool:
    if "//*." not in pattern:
        return pattern == origin
    scheme, _, tail = pattern.partition("*")
    host = origin.removeprefix(scheme)
    return origin.startswith(scheme) and host.endswith(tail) and len(host) > len(tail)


def read_origin(text: str) -> str:
    """An origin as browsers write it; raises InvalidInput with the remedy."""
    found = _ORIGIN.fullmatch(text.strip().rstrip("/"))
    if not found:
        raise InvalidInput(f"{text!r} is no origin; write it like https://shop.example or https://*.shop.example")
    scheme, wild, host, port = found.groups(default="")
    default = {"http": ":80", "https": ":443"}[scheme.lower()]
    return f"{scheme}://{wild}{host}{'' if port == default else port}".lower()


def _look(values: Mapping[str, Any]) -> dict[str, Any]:
    colour, position = str(values.get("colour", COLOUR)), str(values.get("position", "right"))
    if not _COLOUR.fullmatch(colour):
        raise InvalidInput(f"{colour!r} is no colour; write it like {COLOUR}")
    if position not in ("left", "right"):
        raise InvalidInput("the position is left or right")
    texts: dict[str, dict[str, str]] = {}
    for language, said in dict(values.get("texts", {})).items():
        if language not in LANGUAGES:
            raise InvalidInput(f"there is no language {language!r}; there are: {', '.join(LANGUAGES)}")
        for name, words in dict(said).items():
            if name not in TEXTS:
                raise InvalidInput(f"there is no text {name!r}; there are: {', '.join(TEXTS)}")
            if len(words) > TEXTS[name]:
                raise InvalidInput(f"{name} may have {TEXTS[name]} characters, not {len(words)}")
            if words.strip():
                texts.setdefault(language, {})[name] = words.strip()
    return {"colour": colour, "position": position, "texts": texts}


def add_site(connection: Connection, name: str, origins: Sequence[str], look: Mapping[str, Any], now: datetime) -> Site:
    """A new site with a key and a secret of its own."""
    values = {
        "key": f"pk_{secrets.token_hex(8)}",
        "name": name.strip() or "site",
        "origins": [read_origin(one) for one in origins],
        "secret": secrets.token_hex(32),
        "look": _look(look),
        "created_at": now,
    }
    connection.execute(insert(site).values(values))
    return find_site(connection, str(values["key"]))


def change_site(
    connection: Connection,
    key: str,
    *,
    name: str | None = None,
    origins: Sequence[str] | None = None,
    look: Mapping[str, Any] | None = None,
    is_active: bool | None = None,
    with_new_secret: bool = False,
) -> Site:
    """What is not given stays; a new secret ends every identity signed with the old one."""
    known = find_site(connection, key)
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = name.strip() or known.name
    if origins is not None:
        values["origins"] = [read_origin(one) for one in origins]
    if look is not None:
        before = {"colour": known.colour, "position": known.position, "texts": known.texts}
        values["look"] = _look({**before, **look})
    if is_active is not None:
        values["is_active"] = is_active
    if with_new_secret:
        values["secret"] = secrets.token_hex(32)
    if values:
        connection.execute(update(site).where(site.c.key == key).values(**values))
    return find_site(connection, key)


def remove_site(connection: Connection, key: str) -> None:
    """The site is forgotten; conversations with its visitors stay. Raises NotFound."""
    if not connection.execute(delete(site).where(site.c.key == key)).rowcount:
        raise NotFound(f"there is no site {key!r}; see: otklik site list")


def find_site(connection: Connection, key: str) -> Site:
    """Raises NotFound."""
    row = connection.execute(select(site).where(site.c.key == key)).one_or_none()
    if row is None:
        raise NotFound(f"there is no site {key!r}; see: otklik site list")
    return _read(row)


def find_numbered_site(connection: Connection, number: int) -> Site:
    """Raises NotFound."""
    row = connection.execute(select(site).where(site.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no site number {number}")
    return _read(row)


def list_sites(connection: Connection) -> list[Site]:
    return [_read(row) for row in connection.execute(select(site).order_by(site.c.id))]


def _read(row: Any) -> Site:
    look = row.look or {}
    return Site(
        row.key,
        row.name,
        tuple(row.origins),
        row.secret,
        look.get("colour", COLOUR),
        look.get("position", "right"),
        look.get("texts", {}),
        row.is_active,
        row.id,
    )
