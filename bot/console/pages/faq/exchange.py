"""Import with the difference shown first, and export."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.knowledge.recording import record_import
from bot.ports import UPLOAD
from bot.storage.entries import ImportCount, import_entries, load_entries
from core.errors import ChannelError, InvalidInput
from core.message import Attachment, AttachmentKind
from faq.editor.acts import Difference, differences, keep_files
from faq.entry import Entry
from faq.files import ReadResult, RowError, read_entries, write_entries

FILE_LIMIT = 16 * 1024 * 1024  # bytes
_KINDS = re.compile(r"\.(?:csv|xlsx|ya?ml|jsonl)")
_REF = re.compile(r"[0-9a-f]{64}")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml; charset=utf-8",
}
_MOST_SHOWN = 300


class Counts(NamedTuple):
    """How many entries are new and changed, and how many faults the file has."""

    new: int
    changed: int
    errors: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; of each list only the beginning is shown, `counts` has all of them.

    `ref` is where the file is kept until it is applied; `names`: files it only names.
    """

    name: str
    ref: str
    suffix: str
    new: list[Entry]
    changed: list[tuple[Entry, tuple[Difference, ...]]]
    unchanged: int
    errors: Sequence[RowError]
    counts: Counts
    is_cut: bool
    names: Sequence[str] = ()


async def show_import(visit: Visit) -> web.StreamResponse:
    return visit.page("faq/import.html", script=await script_facts(visit), plan=None, error="")


async def plan_import(visit: Visit) -> web.StreamResponse:
    """Read the file and show what it would change; nothing is changed yet."""
    form = await visit.form()
    sent = form.get("file")
    if not isinstance(sent, web.FileField) or not sent.filename:
        return await _refuse(visit, visit.word("import.no_file"))
    suffix = Path(sent.filename).suffix.lower()
    if not _KINDS.fullmatch(suffix) or visit.ground.shelf is None:
        return await _refuse(visit, visit.word("import.kind"))
    ref, _ = await asyncio.to_thread(visit.ground.shelf.keep, cast(BinaryIO, sent.file))
    try:
        plan = await _plan(visit, Path(sent.filename).name, ref, suffix)
    except InvalidInput as error:
        return await _refuse(visit, error.told(visit.language))
    return visit.page("faq/import.html", script=await script_facts(visit), plan=plan, error="")


async def apply_import(visit: Visit) -> web.StreamResponse:
    """The file that was shown, all of it or nothing."""
    form = await visit.form()
    ref, suffix, name = str(form.get("ref", "")), str(form.get("suffix", "")), visit.text(form, "name", 200)
    if not _REF.fullmatch(ref) or not _KINDS.fullmatch(suffix):
        raise InvalidInput("error.unreadable")
    result = await _read(visit, ref, suffix)
    if result.errors:
        raise InvalidInput("import.has_errors")
    now = visit.ground.clock.now()
    who = visit.who

    def work(connection: Any) -> ImportCount:
        count = import_entries(connection, result.entries, now, name, who.login)
        record_import(connection, who, count, name, now)
        return count

    count = await visit.ground.database.write(work)
    return visit.go("/faq", "said.imported", new=count.imported, changed=count.updated, unchanged=count.unchanged)


async def export(visit: Visit) -> web.StreamResponse:
    kind = visit.request.match_info["kind"]
    entries = await visit.ground.database.read(load_entries)
    content = await asyncio.to_thread(_write, entries, kind)
    headers = {"Content-Type": _TYPES[kind], "Content-Disposition": f'attachment; filename="faq.{kind}"'}
    return web.Response(body=content, headers=headers)


def _write(entries: Sequence[Entry], kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"faq.{kind}"
        write_entries(path, entries)
        return path.read_bytes()


async def _refuse(visit: Visit, error: str) -> web.Response:
    return visit.page("faq/import.html", 422, script=await script_facts(visit), plan=None, error=error)


async def _read(visit: Visit, ref: str, suffix: str) -> ReadResult:
    assert visit.ground.shelf is not None
    try:
        stored = await visit.ground.shelf.get(Attachment(AttachmentKind.DOCUMENT, UPLOAD, ref))
    except ChannelError:
        raise InvalidInput("import.gone") from None
    return await asyncio.to_thread(_read_named, stored.path, suffix)


def _read_named(path: Path, suffix: str) -> ReadResult:
    """The readers go by the name's ending, which the shelf does not keep."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / f"file{suffix}"
        named.symlink_to(path.resolve())
        return read_entries(named)


async def _plan(visit: Visit, name: str, ref: str, suffix: str) -> Plan:
    result = await _read(visit, ref, suffix)
    before: dict[str, Entry] = {one.id: one for one in await visit.ground.database.read(load_entries)}
    read = [keep_files(one, before.get(one.id)) for one in result.entries]
    new = [one for one in read if one.id not in before]
    changed = [(one, differences(before[one.id], one)) for one in read if one.id in before and one != before[one.id]]
    names = dict.fromkeys(one.name for entry in read for one in entry.attachments if not one.ref)
    unchanged = len(result.entries) - len(new) - len(changed)
    counts = Counts(len(new), len(changed), len(result.errors))
    shown: tuple[Any, Any, Any] = (new[:_MOST_SHOWN], changed[:_MOST_SHOWN], result.errors[:_MOST_SHOWN])
    return Plan(
        name, ref, suffix, shown[0], shown[1], unchanged, shown[2], counts, max(counts) > _MOST_SHOWN, tuple(names)[:20]
    )
