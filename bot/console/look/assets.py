"""Static files under an address that carries the hash of them all, so that they are kept for ever and never stale."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.assets import KINDS, load

FOLDER = Path(__file__).parent.parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """Read once at the start. One hash over all files: modules import each other by relative addresses."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): load(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in KINDS
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
            body, headers = file.body(request.headers.get("Accept-Encoding", ""))
            # an old page asks under an old hash: it gets what there is, but does not keep it
            is_current = request.match_info["version"] == self.version
            headers["Cache-Control"] = _FOR_EVER if is_current else "no-store"
            return web.Response(body=body, headers=headers)

        return answer
