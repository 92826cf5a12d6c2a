"""Static files under an address that carries the hash of them all, so that they are kept for ever and never stale."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent.parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes | None
    kind: str


class Assets:
    """Read once at the start. One hash over all files: modules import each other by relative addresses."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _load(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(name.encode() + b"\0" + file.content)
        self.version = digest.hexdigest()[:12]

    def address(self, name: str) -> str:
        if name not in self._files:
            raise KeyError(f"there is no static file {name}")
        return f"/static/{self.version}/{name}"

    def text(self, name: str) -> str:
        return self._files[name].content.decode()

    def weight(self, names: set[str]) -> tuple[int, int]:
        """Bytes of these files, plain and packed."""
        chosen = [self._files[name] for name in names]
        return sum(len(one.content) for one in chosen), sum(len(one.packed or one.content) for one in chosen)

    def serve(self) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            file = self._files.get(request.match_info["name"])
            if file is None:
                raise web.HTTPNotFound
            headers = {"Content-Type": file.kind, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
            # an old page asks under an old hash: it gets what there is, but does not keep it
            is_current = request.match_info["version"] == self.version
            headers["Cache-Control"] = _FOR_EVER if is_current else "no-store"
            if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
                return web.Response(body=file.packed, headers={**headers, "Content-Encoding": "gzip"})
            return web.Response(body=file.content, headers=headers)

        return answer


def _load(path: Path) -> _File:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if path.suffix in {".css", ".js", ".svg"} else None
    return _File(content, packed, _TYPES[path.suffix])
