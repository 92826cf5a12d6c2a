"""A customer's page: where they write from, every conversation; for admins what is stored, as a copy or erased."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.storage.desk.audit import record_change
from bot.storage.privacy.erase import Erased, erase_customer
from bot.storage.privacy.files import sweep_files, write_export
from bot.storage.views.customer import CustomerPage, find_customer_page
from core.errors import NotFound

_CHUNK = 256 * 1024  # bytes


async def show_customer(visit: Visit) -> web.StreamResponse:
    """A number that was linked into another leads to that one, and says so."""
    found = await _find(visit)
    return _go_on(visit, found, "said.linked") or await _page(visit, found)


async def export(visit: Visit) -> web.StreamResponse:
    """Everything stored of the customer, as a zip with the files beside it; who took it is written down."""
    found, now = await _find(visit), visit.ground.clock.now()
    if found.is_elsewhere:  # linked while the page was open
        return _go_on(visit, found, "said.linked") or await _page(visit, found)
    engine, shelf = visit.ground.database.engine, visit.ground.shelf
    folder = shelf.folder if shelf is not None else None
    with tempfile.TemporaryDirectory(prefix="otklik-export-") as place:
        path = Path(place) / f"customer-{found.id}.zip"
        await asyncio.to_thread(write_export, engine, found.id, path, now, folder)

        def note(connection: Any) -> None:
            record_change(connection, visit.who, "customer.export", now, customer=found.id)

        await visit.ground.database.write(note)
        return await _send(visit, path, path.stat().st_size)


async def _send(visit: Visit, path: Path, size: int) -> web.StreamResponse:
    """Piece by piece: the file is gone when this returns."""
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"', "Content-Type": "application/zip"}
    response = web.StreamResponse(headers=headers)
    response.content_length = size
    await response.prepare(visit.request)
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _CHUNK):
            await response.write(piece)
    await response.write_eof()
    return response


async def erase(visit: Visit) -> web.StreamResponse:
    """For good; only with the customer's number typed in, so that it is the one that was meant."""
    found, form, now = await _find(visit), await visit.form(), visit.ground.clock.now()
    if found.is_elsewhere:  # nobody else than the one who was meant
        return _go_on(visit, found, "said.not_erased") or await _page(visit, found)
    if visit.text(form, "sure", 20).lstrip("#№ ") != str(found.id):
        return await _page(visit, found, error=visit.word("customer.erase_unsure", number=found.id))
    who = visit.who

    def work(connection: Any) -> Erased:
        return erase_customer(connection, found.id, now, who.operator_id, who.desk)

    erased = await visit.ground.database.write(work)
    shelf = visit.ground.shelf
    await sweep_files(visit.ground.database, shelf.folder if shelf is not None else None)
    return await _page(visit, await _find(visit), erased=erased)


async def _find(visit: Visit) -> CustomerPage:
    number = visit.number("number")
    found: CustomerPage | None = await visit.ground.database.read(
        lambda connection: find_customer_page(connection, number)
    )
    if found is None:
        raise NotFound("error.no_customer")
    return found


def _go_on(visit: Visit, found: CustomerPage, said: str) -> web.StreamResponse | None:
    """To the one customer whose number it is now, if there is one."""
    if not found.is_elsewhere or len(found.stands_under) != 1:
        return None
    (now,) = found.stands_under
    return visit.go(f"/customers/{now}", said, before=found.id, now=now)


async def _page(
    visit: Visit, found: CustomerPage, *, error: str = "", erased: Erased | None = None
) -> web.StreamResponse:
    return visit.page(
        "customer.html",
        422 if error else 200,
        script=await script_facts(visit),
        customer=found,
        error=error,
        erased=erased,
    )
