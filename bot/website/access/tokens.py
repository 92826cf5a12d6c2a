"""Who a visitor is: tokens we sign for browsers, and identities that sites sign for their known customers. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.errors import Forbidden

TOKEN_LIMIT = 600  # characters
IDENTITY_LIMIT = 4000
GUEST_TIME = timedelta(days=180)  # how long an anonymous visitor's history is kept within reach
KNOWN_TIME = timedelta(hours=24)  # a known customer's page brings a new signature long before
IDENTITY_TIME = timedelta(hours=24)  # the farthest expiry of a signed identity that is taken
_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says: the visitor's address, their site, and what the site calls them."""

    address: str
    site: str
    issued_at: datetime
    user_id: str = ""
    name: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.user_id)


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer whose name the site vouches for."""

    user_id: str
    name: str = ""


def new_guest(site: str, now: datetime) -> Pass:
    return Pass(f"g{secrets.token_hex(16)}", site, now)


def known_pass(site: str, identity: Identity, now: datetime) -> Pass:
    """The same customer of the same site has the same address on every device."""
    digest = hashlib.sha256(f"{site}\0{identity.user_id}".encode()).hexdigest()
    return Pass(f"k{digest[:40]}", site, now, identity.user_id, identity.name)


def write_token(who: Pass, key: bytes) -> str:
    raw: dict[str, Any] = {"a": who.address, "s": who.site, "t": int(who.issued_at.timestamp())}
    if who.is_known:
        raw |= {"u": who.user_id, "n": who.name}
    body = _write64(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{body}.{_write64(_sign(key, body.encode()))}"


def read_token(token: str, key: bytes, now: datetime) -> Pass | None:
    """None for what we did not sign, or signed too long ago."""
    body, _, signature = token.partition(".")
    if len(token) > IDENTITY_LIMIT or not hmac.compare_digest(_read64(signature), _sign(key, body.encode())):
        return None
    raw = json.loads(_read64(body))
    issued_at = datetime.fromtimestamp(raw["t"], tz=now.tzinfo)
    who = Pass(raw["a"], raw["s"], issued_at, raw.get("u", ""), raw.get("n", ""))
    limit = KNOWN_TIME if who.is_known else GUEST_TIME
    return who if now - issued_at < limit else None


def read_identity(signed: str, secret: str, now: datetime) -> Identity:
    """What the site's server wrote: base64url of JSON {"id", "name", "exp"}, a dot, hex HMAC-SHA256 of that text.

    Raises Forbidden for anything that was not signed with this site's secret, or has expired.
    """
    body, _, signature = signed.partition(".")
    wanted = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    if len(signed) > IDENTITY_LIMIT or not secret:
        raise Forbidden("the identity is not signed by this site")
    if not hmac.compare_digest(signature.lower().encode(), wanted.encode()):
        raise Forbidden("the identity is not signed by this site")
    try:
        raw = json.loads(_read64(body))
        user_id, name, expires = str(raw["id"]), str(raw.get("name") or ""), float(raw["exp"])
        expires_at = datetime.fromtimestamp(expires, tz=now.tzinfo)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError):
        raise Forbidden('the identity must be JSON with "id", "exp" (seconds since 1970) and perhaps "name"') from None
    if not user_id or len(user_id) > 200:
        raise Forbidden("the identity's id must have 1 to 200 characters")
    if expires_at < now:
        raise Forbidden("the identity has expired: sign it anew for each page")
    if expires_at > now + IDENTITY_TIME + _SKEW:
        raise Forbidden("the identity may be good for 24 hours at most")
    return Identity(user_id, " ".join(name.split())[:120])


def sign_identity(user_id: str, name: str, expires_at: datetime, secret: str) -> str:
    """What a site's server does; for examples and tests."""
    raw = {"id": user_id, "name": name, "exp": int(expires_at.timestamp())}
    body = _write64(json.dumps(raw, ensure_ascii=False).encode())
    return f"{body}.{hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()}"


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def _write64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read64(text: str) -> bytes:
    """b"" for what is no base64."""
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        return b""
