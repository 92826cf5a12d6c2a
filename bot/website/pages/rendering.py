"""Templates, sentences and static files of the pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.assets import KINDS, Static, load
from core.text import LANGUAGES, SHIPPED, Text, Wording, render

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parents[1]
STATIC = _HERE / "static"
CHAT = (
    "chat.title", "chat.hint", "chat.greeting", "chat.placeholder", "chat.send", "chat.attach", "chat.close",
    "chat.open", "chat.frame", "chat.log", "chat.you", "chat.bot", "chat.operator", "chat.sending", "chat.sent",
    "chat.failed", "chat.retry", "chat.drop", "chat.edit", "chat.edited", "chat.editing", "chat.cancel",
    "chat.earlier", "chat.newer", "chat.today", "chat.yesterday", "chat.typing", "chat.queued", "chat.assigned",
    "chat.assigned_unnamed", "chat.offline", "chat.unread", "chat.refused", "chat.file_big", "chat.file_many",
    "chat.file_failed", "chat.place", "chat.topics", "chat.sound", "chat.sound_on", "chat.sound_off",
)  # fmt: skip
HELP = (
    "help.title", "help.lead", "help.search", "help.find", "help.found", "help.nothing", "help.all", "help.empty",
    "help.ask", "help.more", "help.nojs", "help.results", "help.gone", "help.language", "help.home",
    "help.missing", "help.topics", "help.files", "help.file_gone", "help.no_file",
)  # fmt: skip


def sentences(keys: Sequence[str], language: str, wording: Wording = SHIPPED) -> dict[str, str]:
    """By the last word of their keys; placeholders stay for the script to fill in."""
    return {key.partition(".")[2]: render(Text(key), language, wording) for key in keys}


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # 4 MB, when the first page asks for it

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, policy: str, values: Mapping[str, Any], status: int = 200) -> web.Response:
    """An HTML page under a content security policy."""
    html = _environment().get_template(template).render(static=static_path(), **values)
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }
    response = web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=headers)
    response.enable_compression()
    return response


def for_script(value: Any) -> str:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def read_language(request: web.Request, default: str) -> str:
    """As asked for in the address, else as the browser prefers, else the default."""
    wanted = [request.query.get("lang", "")]
    wanted += [part.partition(";")[0] for part in request.headers.get("Accept-Language", "").split(",")]
    codes = (one.strip().lower().partition("-")[0] for one in wanted)
    return next((code for code in codes if code in LANGUAGES), default)


@cache
def static_files() -> Mapping[str, Static]:
    return {path.name: load(path) for path in sorted(STATIC.iterdir()) if path.suffix in KINDS}


@cache
def static_path() -> str:
    """Changes with the content, so that browsers may keep the files for ever. Relative to a page's own folder."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(name.encode() + b"\0" + file.content)
    return f"/widget/static/{digest.hexdigest()[:12]}"


async def serve_static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    file = static_files().get(name)
    if file is None:
        raise web.HTTPNotFound
    is_current = static_path().endswith(request.match_info["hash"])
    body, headers = file.body(request.headers.get("Accept-Encoding", ""))
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return web.Response(body=body, headers=headers)
