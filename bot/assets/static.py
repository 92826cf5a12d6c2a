"""A file that browsers may keep for ever, as it is sent: plain and packed."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.assets.slim import slim_script, slim_style

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_PACKABLE = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True)
class Static:
    """`packed` is made when it is first asked for, once, as small as gzip can; None where it gains nothing."""

    content: bytes
    kind: str
    is_packable: bool

    @cached_property
    def packed(self) -> bytes | None:
        return gzip.compress(self.content, 9, mtime=0) if self.is_packable else None

    def body(self, accepts: str) -> tuple[bytes, dict[str, str]]:
        """What to send to a browser that accepts these encodings, and the headers that belong to it."""
        headers = {"Content-Type": self.kind, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if self.packed is not None and "gzip" in accepts:
            return self.packed, {**headers, "Content-Encoding": "gzip"}
        return self.content, headers


def load(path: Path) -> Static:
    """Read it, slimmed; raises KeyError for a kind that is none of ours."""
    raw = path.read_bytes()
    if path.suffix == ".css":
        raw = slim_style(raw.decode()).encode()
    elif path.suffix == ".js":
        raw = slim_script(raw.decode()).encode()
    return Static(raw, KINDS[path.suffix], path.suffix in _PACKABLE)
