"""`make docs-pictures`: the customers' side, wide and on a phone, into docs/pictures/website."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from bot.storage.database import open_engine, read_url
from bot.storage.migrate import migrate_up
from tests.browser.website.places import Stand, expect_bubble, open_chat, say, standing
from tests.pictures.browser import open_browser
from tests.test_house import ROOT

FOLDER = ROOT / "docs" / "pictures" / "website"


def open_page(browser: Browser, address: str, width: int, height: int, **options: object) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ru-RU",
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(address)
    return page


def talk(stand: Stand, page: Page) -> None:
    chat = open_chat(page)
    expect_bubble(chat, "Здравствуйте")
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")
    chat.get_by_role("button", name="оператора").last.click()
    chat.locator("[data-status=queued]").wait_for()
    stand.writes("Здравствуйте! Пришлю чек на почту ещё раз, одну минуту.")
    expect_bubble(chat, "одну минуту")
    page.wait_for_timeout(300)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/otklik.db"
        engine = open_engine(read_url(url))
        migrate_up(engine)
        engine.dispose()
        with open_browser(language="ru") as browser, standing(url, Path(folder)) as stand:
            page = open_page(browser, f"{stand.shop.base}/help", 1280, 800)
            talk(stand, page)
            page.screenshot(path=FOLDER / "chat.png")
    for picture in sorted(FOLDER.glob("*.png")):
        print(f"  {picture.name}")


if __name__ == "__main__":
    main()
