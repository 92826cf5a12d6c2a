"""The loader that a site's page carries, and the frame it opens."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.assets import Static
from bot.storage.website.sites import Site
from bot.website.access.door import Door
from bot.website.access.visiting import OWN_SITE, Visiting
from bot.website.manner import Manner
from bot.website.pages.rendering import CHAT, for_script, page, read_language, sentences, static_files
from channels.website import FILE_LIMIT, FILES_LIMIT, TEXT_LIMIT
from core.errors import Forbidden, NotFound, OtklikError
from core.text import LANGUAGES, Wording

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_LOADER = "loader.js"
_LOADER_TEXTS = ("chat.open", "chat.close", "chat.frame", "chat.unread")
_LOADER_TIME = 300  # seconds a browser may keep the loader, whose address never changes


@lru_cache(maxsize=2)
def loader(wording: Wording) -> Static:
    """The script with its few sentences put in."""
    script = static_files()[_LOADER]
    texts = for_script({language: sentences(_LOADER_TEXTS, language, wording) for language in LANGUAGES})
    return replace(script, content=script.content.replace(b"{/* texts */}", texts.encode()))


async def serve_loader(request: web.Request, wording: Wording) -> web.Response:
    script = loader(wording)
    tag = f'"{hashlib.sha256(script.content).hexdigest()[:16]}"'
    body, own = script.body(request.headers.get("Accept-Encoding", ""))
    headers = {
        **own,
        "Cache-Control": f"public, max-age={_LOADER_TIME}",
        "ETag": tag,
        "Cross-Origin-Resource-Policy": "cross-origin",  # pages that isolate themselves may load it too
    }
    if request.headers.get("If-None-Match") == tag:
        headers.pop("Content-Encoding", None)  # of a body that is not sent
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)


class Frame:
    """Serves `/widget/frame`: a browser shows it only on pages of the site's allowed origins."""

    def __init__(self, visiting: Visiting, door: Door, language: str, manner: Manner) -> None:
        self._visiting, self._door, self._language, self._manner = visiting, door, language, manner

    async def load(self, request: web.Request) -> web.Response:
        return await serve_loader(request, self._manner.wording())

    async def show(self, request: web.Request) -> web.Response:
        language = read_language(request, self._language)
        try:
            site = await self._visiting.site(request.query.get("key", OWN_SITE))
            self._check_referrer(request, site)
        except OtklikError as error:
            status = 404 if isinstance(error, NotFound) else 403
            values = {"language": language, "text": sentences(CHAT, language, self._manner.wording())["refused"]}
            return page("refusal.html", _POLICY.format(ancestors="'none'"), values, status)
        texts = sentences(CHAT, language, self._manner.wording()) | dict(site.texts.get(language, {}))
        data = {
            "key": site.key,
            "origins": list(site.origins),
            "isOwn": site.key == OWN_SITE,
            "colour": (self._manner.colour if site.key == OWN_SITE else "") or site.colour,
            "language": language,
            "texts": texts,
            "limits": {"text": TEXT_LIMIT, "files": FILES_LIMIT, "bytes": FILE_LIMIT},
        }
        own = "'self'" if site.key == OWN_SITE else " ".join(site.origins) or "'none'"
        shown: dict[str, Any] = {"language": language, "say": texts, "data": for_script(data)}
        return page("frame.html", _POLICY.format(ancestors=own), shown)

    def _check_referrer(self, request: web.Request, site: Site) -> None:
        """A browser that tells which page asks is told at once; the policy stops the others."""
        parts = urlsplit(request.headers.get("Referer", ""))
        origin = f"{parts.scheme}://{parts.netloc}"
        if parts.netloc and not self._door.is_own(request, origin) and not site.allows(origin):
            raise Forbidden("the chat may not be shown on this site")
