"""`make docs-pictures`: every page of the console with the shop's morning on it, into docs/pictures/console."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from core.conversation import ConversationId
from core.event import Act, OperatorActed
from core.finding import Finding
from tests.integration.console.house import PASSWORD
from tests.pictures import past, shop
from tests.pictures.browser import Complaints, launch, log_in, open_browser
from tests.pictures.stage import Stage
from tests.test_house import ROOT

FOLDER = ROOT / "docs" / "pictures" / "console"
SIZE = {"width": 1280, "height": 800}
TALL = {"width": 1280, "height": 1500}
PHONE = {"width": 390, "height": 844}
PAGES = {
    "faq": "/faq",
    "faq-entry": "/faq/entry?id=delivery-track",
    "faq-try": f"/faq/try?text={quote('гд мой закз')}",
    "faq-import": "/faq/import",
    "unanswered": "/unanswered",
    "canned": "/canned",
    "operators": "/operators",
    "operator": "/operators/1",
    "settings": "/settings",
    "hours": "/settings/hours",
    "rules": "/settings/rules",
    "texts": "/settings/texts",
    "text": "/settings/texts/sentence?key=operator.joined",
    "surveys": "/settings/surveys",
    "survey": "/settings/surveys/edit?key=csi",
    "privacy": "/settings/privacy",
    "customer": "/customers/2",
    "channels": "/settings/channels",
    "audit": "/audit",
    "profile": "/profile",
}
_QUARTER = "from=2024-10-01&to=2024-12-31"
REPORTS = {
    "reports": f"/reports/overview?{_QUARTER}",
    "reports-quality": f"/reports/quality?{_QUARTER}",
    "reports-operators": f"/reports/operators?{_QUARTER}",
    "reports-faq": f"/reports/faq?{_QUARTER}",
    "reports-load": f"/reports/load?{_QUARTER}",
    "follow-ups": "/follow-ups",
}


def act(stage: Stage, login: str, number: int, kind: Act, nonce: str, text: str = "", to: str = "") -> None:
    event = OperatorActed(stage.house.operators[login], kind, nonce, ConversationId(number), text, to)
    stage.run(stage.house.app.acts.act(event))
    stage.run(stage.house.app.acts.answer_to(event))


async def look() -> Sequence[Finding]:
    """What the doctor would say on that morning."""
    return shop.FINDINGS


def furnish(stage: Stage) -> None:
    """The morning, and what the operators made of it."""
    shop.play(stage)
    stage.house.console.ground.examine = look
    act(stage, "anna", 2, Act.REPLY, "picture-1", "Здравствуйте, Тимур! Чек не нужен: возврат найдём по номеру заказа.")
    act(stage, "anna", 2, Act.NOTE, "picture-2", "Второй возврат за месяц, оба раза размер. Предложить примерку?")
    act(stage, "anna", 2, Act.TAG, "picture-3", to="возврат")
    act(stage, "boris", 1, Act.PRIORITY, "picture-4", to="high")


def open_page(browser: Browser, stage: Stage, complaints: Complaints, login: str, **options: object) -> Page:
    chosen = {"viewport": SIZE, "locale": "ru-RU", "reduced_motion": "reduce", **options}
    context = browser.new_context(**chosen)  # type: ignore[arg-type]
    complaints.watch(context, stage.url)
    page = context.new_page()
    if login:
        log_in(page, stage.url, login, PASSWORD)
    return page


def take(page: Page, name: str, address: str, wait_for: str = "#main") -> None:
    page.goto(address)
    page.wait_for_selector(wait_for)
    if name == "hours":  # round the clock there is little to see
        page.uncheck("[data-always]")
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"  {name}.png")


def _take_reports(folder: Path, browser: Browser, complaints: Complaints) -> None:
    """Figures want a past to look at."""
    stage = past.company(folder / "past", conversations=6000)
    lead = open_page(browser, stage, complaints, "vera", viewport=TALL)
    for name, path in REPORTS.items():
        take(lead, name, stage.url + path)
    with launch(browser.browser_type) as english:
        anna = open_page(english, stage, complaints, "operator1", viewport=TALL, locale="en-US", color_scheme="dark")
        take(anna, "own-figures-dark-en", f"{stage.url}/reports/me?{_QUARTER}")
        anna.context.close()
    phone = open_page(browser, stage, complaints, "vera", viewport=PHONE, has_touch=True)
    take(phone, "phone-reports", f"{stage.url}/reports/quality?{_QUARTER}")
    leave(browser, stage)


def leave(browser: Browser, stage: Stage) -> None:
    """The pages first: an open one would complain that its house has gone."""
    for context in browser.contexts:
        context.close()
    stage.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    complaints = Complaints()
    with tempfile.TemporaryDirectory() as folder, open_browser(language="ru") as browser:
        stage = Stage(Path(folder), entries=shop.ENTRIES)
        furnish(stage)
        take(open_page(browser, stage, complaints, ""), "login", f"{stage.url}/login")
        admin = open_page(browser, stage, complaints, "admin")
        take(admin, "inbox", f"{stage.url}/inbox/1?view=queue", ".suggestion")
        for name, path in PAGES.items():
            take(admin, name, stage.url + path)
        dark = open_page(browser, stage, complaints, "anna", locale="en-US", color_scheme="dark")
        take(dark, "inbox-dark-en", f"{stage.url}/inbox/2?view=mine", ".suggestion")
        phone = open_page(browser, stage, complaints, "vera", viewport=PHONE, has_touch=True)
        take(phone, "phone-list", f"{stage.url}/inbox?view=queue", ".row")
        take(phone, "phone-conversation", f"{stage.url}/inbox/2", "#messages")
        leave(browser, stage)
        _take_reports(Path(folder), browser, complaints)
    if complaints:
        raise SystemExit("\n".join(complaints))


if __name__ == "__main__":
    main()
