"""Puts the console onto a web server: routes, headers, static files, and an end to the streams when it stops."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.apply.service.guarding import shown_at_desks
from bot.console.context import Console, Ground
from bot.console.guard import finding, guarded, put_headers
from bot.console.live.hub import Hub
from bot.console.look.render import Renderer
from bot.console.routes import ROUTES

Mount = Callable[[web.Application], None]


def open_console(ground: Ground) -> Console:
    """Ready to be mounted; `hub.start` begins to follow what happens."""
    renderer = Renderer(ground.clock, ground.zone, guard=lambda text: shown_at_desks(text, ground.settings()))
    return Console(ground, Hub(ground.database, ground.clock, renderer), renderer)


def mount_console(console: Console, app: web.Application) -> None:
    for route in ROUTES:
        handler = guarded(console, route)
        if route.method == "GET":
            app.router.add_get(route.path, handler)
        else:
            app.router.add_route(route.method, route.path, handler)
    app.router.add_get("/static/{version}/{name:.+}", console.renderer.assets.serve())
    app.middlewares.append(finding(console))
    app.on_response_prepare.append(put_headers)

    async def start(_app: web.Application) -> None:
        console.hub.start(console.ground.supervisor)

    async def end_streams(_app: web.Application) -> None:
        console.hub.close()

    async def close(_app: web.Application) -> None:
        console.passwords.close()

    app.on_startup.append(start)
    app.on_shutdown.append(end_streams)
    app.on_cleanup.append(close)
