"""Files both ways: kept whole, taken by their content, given only to whose chat they are in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.storage.database import open_engine, read_url
from bot.storage.migrate import migrate_up
from bot.storage.upkeep.archive import restore_backup, write_backup
from bot.storage.website.tables import upload, upload_part
from bot.website.access.limits import Rate, Rates
from channels.website import FILE_LIMIT
from core.message import AttachmentKind
from tests.integration.website.shop import ANNA, Browser, Refused, Shop, open_shop
from tests.integration.website.test_talk import assigned

Open = Callable[[Shop], Browser]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 700  # of several parts
PDF = b"%PDF-1.7 " + b"x" * 100


async def test_picture_reaches_the_operators(either_shop: Shop, browser: Open) -> None:
    shop, one = either_shop, browser(either_shop)
    await one.open()
    topic = await assigned(shop, one)
    ref = await one.sends("снимок.png", PNG, "image/png")
    await one.says("Вот такой пришёл", files=[ref])
    await shop.settled()
    post = shop.desk.in_topic(topic)[-1].content
    (attachment,) = post.attachments
    assert (attachment.kind, attachment.name, attachment.mime) == (AttachmentKind.PHOTO, "снимок.png", "image/png")
    stored = await shop.website.shelf.get(attachment)
    assert stored.path.read_bytes() == PNG


async def test_visitor_sees_their_own_file_again(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.says("", files=[await one.sends("счёт.pdf", PDF, "application/pdf")])
    await shop.settled()
    line = (await one.lines())[0]
    assert line["files"] == [
        {"n": 0, "kind": "document", "is_file": True, "name": "счёт.pdf", "mime": "application/pdf", "size": len(PDF)}
    ]
    assert await one.ask("GET", f"files/{line['id']}/0") == PDF


async def test_file_of_an_operator(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    topic = await assigned(shop, one)
    shop.website.shelf.serve({channel.name: channel for channel in shop.app.channels})
    await shop.desk.sends(topic, ANNA, "document", b"contents", text="Держите")
    await shop.settled()
    line = (await one.lines())[-1]
    assert line["text"] == "Держите"
    assert "ref" not in line["files"][0]  # the handle of another platform stays here
    assert await one.ask("GET", f"files/{line['id']}/0") == b"contents"


async def test_files_of_others_are_not_given(shop: Shop, browser: Open) -> None:
    one, other = browser(shop), browser(shop)
    await one.open()
    await other.open()
    ref = await one.sends("a.png", PNG, "image/png")
    with pytest.raises(Refused) as caught:
        await other.says("моё", files=[ref])
    assert caught.value.status == 400
    await one.says("", files=[ref])
    line = (await one.lines())[0]
    for path in (f"files/{line['id']}/0", f"files/{line['id']}/1", "files/0/0", "files/x/0"):
        with pytest.raises(Refused) as caught:
            await other.ask("GET", path)
        assert caught.value.status in (400, 404)


async def test_given_in_a_way_that_nothing_runs(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.says("", files=[await one.sends("page.txt", b"<script>alert(1)</script>", "text/plain")])
    line = (await one.lines())[0]
    address = f"{shop.base}/widget/api/files/{line['id']}/0"
    async with one.http.get(address, headers={"Authorization": f"Bearer {one.token}"}) as response:
        headers = response.headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("page.html", b"<html>", "text/html"),
        ("picture.svg", b"<svg onload=alert(1)>", "image/svg+xml"),
        ("program.exe", b"MZ", "application/x-msdownload"),
        ("fake.png", b"<html>", "image/png"),
        ("fake.jpg", b"<html>", "image/jpeg"),
        ("empty.txt", b"", "text/plain"),
        ("", b"whatever", ""),
    ],
)
async def test_kinds_that_are_not_taken(shop: Shop, browser: Open, name: str, content: bytes, mime: str) -> None:
    one = browser(shop)
    await one.open()
    with pytest.raises(Refused) as caught:
        await one.sends(name, content, mime)
    assert caught.value.status == 400


async def test_names_lead_nowhere(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    for name in ("../../etc/passwd.txt", "..\\..\\boot.txt", "a\r\nSet-Cookie: x.txt", "x" * 500 + ".txt"):
        await one.says("", files=[await one.sends(name, b"x", "text/plain")])
        said = [line for line in await one.lines() if "files" in line]  # the bot may have answered already
        shown = said[-1]["files"][0]["name"]
        assert not set(shown) & set("/\\\r\n")
        assert len(shown) <= 120
        assert shown.endswith(".txt")


async def test_too_big_and_too_many(sqlite_url: str, tmp_path: Path, browser: Open) -> None:
    async with open_shop(sqlite_url, tmp_path, rates=Rates(files=Rate(8, 300), bytes_an_hour=1000)) as shop:
        one = browser(shop)
        await one.open()
        with pytest.raises(Refused) as caught:
            await one.sends("big.pdf", b"%PDF-" + b"x" * FILE_LIMIT, "application/pdf")
        assert caught.value.status == 413
        refs = [await one.sends(f"{number}.txt", b"x", "text/plain") for number in range(6)]
        with pytest.raises(Refused) as caught:
            await one.says("много", files=refs)
        assert caught.value.status == 400
        await one.sends("more.txt", b"x" * 2000, "text/plain")
        with pytest.raises(Refused) as caught:
            await one.sends("still more.txt", b"x", "text/plain")
        assert caught.value.status == 429


async def test_files_that_no_message_took_along_are_dropped(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.sends("forgotten.png", PNG, "image/png")
    await one.says("", files=[await one.sends("kept.png", PNG, "image/png")])
    shop.clock.later = timedelta(hours=25)
    await one.sends("new.txt", b"x", "text/plain")
    names = await shop.database.read(lambda c: set(c.execute(select(upload.c.name)).scalars()))
    assert names == {"kept.png", "new.txt"}


async def test_backup_has_the_files(shop: Shop, browser: Open, tmp_path: Path) -> None:
    one = browser(shop)
    await one.open()
    await one.says("", files=[await one.sends("kept.png", PNG, "image/png")])
    await shop.settled()
    write_backup(shop.database.engine, tmp_path / "backup.zip", shop.clock.now())
    other = open_engine(read_url(f"sqlite:///{tmp_path}/other.db"))
    migrate_up(other)
    restore_backup(other, tmp_path / "backup.zip")
    with other.connect() as connection:
        parts = connection.execute(select(upload_part.c.content).order_by(upload_part.c.position)).scalars()
        assert b"".join(parts) == PNG
        assert connection.execute(select(func.count(upload.c.id))).scalar_one() == 1
    other.dispose()
