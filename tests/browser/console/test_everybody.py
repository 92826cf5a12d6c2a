"""Pages for everybody: small screens, both languages, without scripts, and for those who do not see them."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bot.storage.announcements.keeping import add_announcement
from bot.storage.knowledge.tables import faq_suggestion
from handoff.announcement import Audience
from tests.browser.console.conftest import OpenPage
from tests.pictures.stage import Stage

pytestmark = pytest.mark.browser

PAGES = (
    "/inbox",
    "/inbox/1",
    "/faq",
    "/faq/entry?id=pay",
    "/faq/new",
    "/faq/try?text=оплата",
    "/faq/import",
    "/unanswered",
    "/canned",
    "/operators",
    "/operators/1",
    "/settings",
    "/settings/hours",
    "/settings/rules",
    "/settings/announcements",
    "/settings/announcements/new",
    "/settings/announcements/1",
    "/settings/channels",
    "/settings/texts",
    "/settings/texts/sentence?key=queue.wait.minutes",
    "/settings/surveys",
    "/settings/surveys/edit?key=csi",
    "/settings/privacy",
    "/customers/1",
    "/reports/overview",
    "/audit",
    "/profile",
)


def furnish(stage: Stage) -> None:
    now = stage.house.clock.now()
    words = {"ru": "Сегодня доставка задерживается.", "en": "Deliveries are late today."}
    stage.run(stage.house.database.write(lambda c: add_announcement(c, words, Audience(), None, now)))
    stage.says("Продайте мне гараж в Туле пожалуйста")
    stage.says("оператор")


@pytest.mark.slow
def test_no_serious_finding_of_axe_on_any_page(stage: Stage, come_in: OpenPage) -> None:
    furnish(stage)
    axe = Axe()
    found: list[str] = []
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}):
        page = come_in("admin", **options)
        for path in PAGES:
            page.goto(stage.url + path)
            results = axe.run(page)
            for one in results.response["violations"]:
                if one["impact"] in ("serious", "critical"):
                    places = [node["html"][:120] for node in one["nodes"][:3]]
                    found.append(f"{options} {path}: {one['id']} {places}")
    assert found == []


def test_login_page_has_no_finding(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("", "/login")
    assert [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] != "moderate"] == []


@pytest.mark.parametrize("locale", ["ru-RU", "en-US"])
def test_every_page_fits_a_small_screen_in_both_languages(stage: Stage, come_in: OpenPage, locale: str) -> None:
    furnish(stage)
    page = come_in("admin", viewport={"width": 390, "height": 844}, locale=locale, has_touch=True)
    for path in PAGES:
        page.goto(stage.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert page.evaluate("document.documentElement.lang") == locale[:2]
        inner = page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.getElementById('main'))")
        assert inner <= 0, f"{path}: {inner} px too wide inside"


def test_nothing_one_needs_is_out_of_sight_on_a_small_screen(stage: Stage, come_in: OpenPage) -> None:
    furnish(stage)
    words = {"kind": "phrasing", "entry_key": "pay", "text": "можно ли расплатиться переводом на карту", "evidence": []}
    now = stage.house.clock.now()
    times = {"created_at": now, "updated_at": now}
    row = {"signature": "x", "conversations": 3, "state": "open", **words, **times}
    stage.run(stage.house.database.write(lambda c: c.execute(faq_suggestion.insert().values(row))))
    stage.says("Длиннаяпредлиннаястрокабезпробелов" * 4, "1002")
    page = come_in("admin", viewport={"width": 390, "height": 844}, has_touch=True)
    profile = page.locator(".rail .me")
    expect(profile).to_be_in_viewport(ratio=0.9)

    def ends_within(selector: str) -> None:
        """No such part of the page, or what it says, reaches out to the right of the screen."""
        cut = page.locator(selector).evaluate_all(
            "(all) => all.map((one) => one.getBoundingClientRect().right > 390 || one.scrollWidth > one.clientWidth)"
        )
        assert cut, selector
        assert not any(cut), f"{selector} is cut"

    for path, selector in (
        ("/unanswered", "form[action*=suggestions] button"),
        ("/customers/2", ".past-question"),
        ("/operators", "tbody .chip"),
        ("/settings/announcements/1", ".chip"),
    ):
        page.goto(stage.url + path)
        ends_within(selector)
    for path in ("/settings", "/settings/privacy", "/audit"):
        page.goto(stage.url + path)
        tabs = page.locator(".subnav")
        assert tabs.evaluate("(one) => one.offsetHeight") < 60, "the tabs stand in one row"
        expect(tabs.locator("[aria-current]")).to_be_in_viewport(ratio=1)
    page.goto(f"{stage.url}/inbox/1")
    expect(page.locator(".acts").get_by_text("Взять", exact=True)).to_be_visible()


def test_conversation_on_a_small_screen(stage: Stage, come_in: OpenPage) -> None:
    furnish(stage)
    page = come_in("anna", viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator(".row").first.click()
    expect(page.locator("#messages")).to_be_visible()
    expect(page.locator("#rows")).to_be_hidden()
    page.locator("[data-panel]").first.click()
    expect(page.locator("#panel")).to_be_visible()
    page.locator("#panel [data-panel]").click()
    page.fill("#reply", "С телефона")
    page.locator("#composer .send").click()
    expect(page.locator(".message.operator")).to_contain_text("С телефона")
    page.locator("[data-back]").click()
    expect(page.locator("#rows")).to_be_visible()
    expect(page.locator("#messages")).to_have_count(0)
    small = page.evaluate(
        "[...document.querySelectorAll('button, a.rail-item, .tabs a, .icon-button')]"
        ".filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_everything_can_be_read_and_answered_without_scripts(stage: Stage, come_in: OpenPage) -> None:
    furnish(stage)
    page = come_in("admin", java_script_enabled=False)
    for path in PAGES:
        page.goto(stage.url + path)
        expect(page.locator("#main")).to_be_visible()
    page.goto(f"{stage.url}/inbox")
    page.locator(".row").first.click()
    expect(page.locator("#messages")).to_contain_text("гараж в Туле")
    page.fill("#reply", "Без скриптов")
    page.locator("#composer .send").click()
    expect(page.locator("#messages")).to_contain_text("Без скриптов")


def test_injected_markup_does_nothing(stage: Stage, come_in: OpenPage) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    stage.says("оператор", name=evil)
    stage.says(evil)
    page = come_in("anna", "/inbox/1")
    stage.says(f"ещё {evil}")
    expect(page.locator("#messages")).to_contain_text("ещё <img src=x")
    page.locator('.row[data-conv="1"]').click()
    assert page.title() != "owned"


def test_inbox_stays_light(stage: Stage, come_in: OpenPage) -> None:
    """Scripts and styles of the inbox, packed: all of the console's own code but the styles of its other pages."""
    others = {"pages.css"}
    assets = stage.house.console.renderer.assets
    names = {name for name in assets._files if name.endswith((".js", ".css"))} - others
    loaded: list[str] = []
    page = come_in("anna")
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto(f"{stage.url}/inbox")
    expect(page.locator("#search")).to_be_visible()
    assert not others & set(loaded)
    raw, packed = assets.weight(names)
    print(f"\ninbox: {raw / 1000:.1f} kB of scripts and styles, {packed / 1000:.1f} kB packed")
    assert packed < 25_000


def test_small_screen_shows_where_one_is_and_what_was_refused(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("admin", "/settings", ("422",), viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator(".rail [aria-current]")).to_be_in_viewport()
    field = page.locator("form.setting textarea.mono").last
    name = field.get_attribute("id")
    field.fill("десять минут")
    field.locator("xpath=ancestor::form").locator("button.primary").click()
    expect(page.locator("form .error[role=alert]")).to_be_in_viewport()
    expect(page.locator(f"[id='{name}']")).to_be_focused()
