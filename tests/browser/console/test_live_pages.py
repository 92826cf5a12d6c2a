"""Open pages while servers and networks come and go: nothing lost, nothing twice, and they go on by themselves."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import Connection

from bot.storage.announcements.keeping import add_announcement
from bot.storage.service.settings import change_setting
from handoff.announcement import Audience
from tests.browser.console.conftest import OpenPage
from tests.integration.console.house import PASSWORD
from tests.pictures.browser import ARGUMENTS, Complaints, chromium_path, log_in
from tests.pictures.stage import Stage
from tests.postgres import PostgresServer

pytestmark = pytest.mark.browser


def said(page: Page) -> list[str]:
    return page.locator("#messages .message.customer .words").all_inner_texts()


COVERED = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')].filter((one) => {
  const box = one.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  if (!one.checkVisibility() || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
  return document.elementFromPoint(x, y)?.closest('.toast, .toasts') && !one.closest('.toasts');
}).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_what_is_told_covers_nothing(stage: Stage, come_in: OpenPage, size: tuple[int, int]) -> None:
    for number in range(12):
        stage.says(f"оператор, вопрос {number}")
    page = come_in("anna", "/inbox/1", viewport={"width": size[0], "height": size[1]})
    place = page.locator("#composer .send").bounding_box()
    for _ in range(2):  # the second while the first is still told
        page.fill("#reply", "Сейчас посмотрю")
        page.locator("#composer .send").click()
        expect(page.locator("#reply")).to_have_value("")
    expect(page.locator("#toasts p")).to_have_count(2)
    assert page.evaluate(COVERED) == []
    assert page.locator("#composer .send").bounding_box() == place  # nothing moves under the hand
    expect(page.locator(".message.operator").last).to_be_in_viewport(ratio=1)
    head = page.locator(".talk-head").bounding_box()
    assert head is not None
    assert head["y"] <= 1
    page.locator("#toasts button").last.click()
    expect(page.locator("#reply")).to_have_value("Сейчас посмотрю")
    page.reload()
    for path in ("/inbox", "/faq"):  # below the page, above the bar of a small screen
        page.goto(stage.url + path)
        page.evaluate("import(document.querySelector('[src*=\"page.js\"]').src.replace('page.js', 'tools.js'))"
                      ".then((tools) => tools.toast('Готово'))")  # fmt: skip
        expect(page.locator("#toasts p")).to_be_in_viewport(ratio=1)
        assert page.evaluate(COVERED) == []


def test_server_is_killed_and_started_again_under_an_open_page(console_chromium: Browser, tmp_path: Path) -> None:
    first = Stage(tmp_path / "house")
    first.says("оператор")
    context = console_chromium.new_context(locale="ru-RU")
    page = context.new_page()
    log_in(page, first.url, "anna", PASSWORD)
    page.goto(f"{first.url}/inbox/1")
    first.says("раз")
    expect(page.locator("#messages")).to_contain_text("раз")
    port = first.house.server.port
    first.close()
    expect(page.locator("#net")).to_be_visible()
    second = Stage(tmp_path / "house", people={}, entries=(), port=port)
    second.house.channels["telegram"]._ids.default_factory = lambda: 1000  # the customer goes on, the numbers too
    second.says("два")
    second.says("три")
    expect(page.locator("#net")).to_be_hidden(timeout=20_000)
    expect(page.locator("#messages")).to_contain_text("три", timeout=20_000)
    second.says("четыре")
    expect(page.locator("#messages")).to_contain_text("четыре")
    assert said(page) == ["оператор", "раз", "два", "три", "четыре"]
    context.close()
    second.close()


class Proxy:
    """Passes connections on, or answers 502 while the house is said to be away."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.is_away = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def leave(self) -> None:
        self.is_away = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open = []

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_away:
                threading.Thread(target=self._refuse, args=(client,), daemon=True).start()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # the house is closed already, the page still asks
                client.close()
                continue
            self._open += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def _refuse(self, client: socket.socket) -> None:
        with suppress(OSError):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            client.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.fixture
def proxy(stage: Stage) -> Iterator[Proxy]:
    proxy = Proxy(stage.house.server.port)
    yield proxy
    proxy.close()


def test_proxy_that_answers_502_for_a_while(console_chromium: Browser, stage: Stage, proxy: Proxy) -> None:
    stage.says("оператор")
    address = f"http://127.0.0.1:{proxy.port}"
    context = console_chromium.new_context(locale="ru-RU")
    page = context.new_page()
    log_in(page, address, "anna", PASSWORD)
    page.goto(f"{address}/inbox/1")
    stage.says("раз")
    expect(page.locator("#messages")).to_contain_text("раз")
    proxy.leave()
    expect(page.locator("#net")).to_be_visible(timeout=20_000)
    stage.says("два")
    proxy.is_away = False
    expect(page.locator("#messages")).to_contain_text("два", timeout=40_000)
    stage.says("три")
    expect(page.locator("#messages")).to_contain_text("три")
    assert said(page) == ["оператор", "раз", "два", "три"]
    context.close()


def test_eight_tabs_share_one_stream(stage: Stage, come_in: OpenPage) -> None:
    """Over HTTP/1.1 a browser has six connections to a host: a stream in each tab would use them up."""
    stage.says("оператор")
    first = come_in("anna", "/inbox/1")
    pages = [first]
    for _ in range(7):
        page = first.context.new_page()
        page.goto(f"{stage.url}/inbox/1")
        pages.append(page)
    expect(pages[-1].locator("#messages")).to_contain_text("оператор")
    stage.says("всем вкладкам")
    for page in pages:
        expect(page.locator("#messages")).to_contain_text("всем вкладкам")
        assert said(page).count("всем вкладкам") == 1
    assert len(stage.house.console.hub._clients) == 1


def test_without_a_shared_worker_the_page_follows_by_itself(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna")
    anna.context.add_init_script("delete window.SharedWorker")
    anna.goto(f"{stage.url}/inbox/1")
    stage.says("напрямую")
    expect(anna.locator("#messages")).to_contain_text("напрямую")


def test_session_that_ends_leads_to_the_login_page(stage: Stage, come_in: OpenPage) -> None:
    admin, anna = come_in("admin"), come_in("anna", expected=("401",))
    admin.goto(f"{stage.url}/operators/{stage.house.operators['anna']}")
    admin.locator("form[action$='/sessions'] button").click()
    admin.locator("#confirm button[value=yes]").click()
    expect(anna.locator("[name=password]")).to_be_visible()
    assert "/login?next=" in anna.url


def test_what_is_said_while_a_conversation_opens_is_shown(stage: Stage, come_in: OpenPage) -> None:
    """The server had drawn it before; the page learned of the message before it had the conversation."""
    stage.says("оператор")
    anna = come_in("anna")
    row = anna.locator('.row[data-conv="1"]')

    def answer_late(route: Route) -> None:
        drawn = route.fetch()
        stage.says("пока открывается")
        expect(row).to_contain_text("пока открывается")
        route.fulfill(response=drawn)

    anna.route("**/inbox/1?view=*", answer_late, times=1)
    row.click()
    expect(anna.locator("#messages")).to_contain_text("пока открывается")


def test_act_that_does_not_get_through_leaves_no_dead_button(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1", expected=("ERR_FAILED",))
    take = anna.locator("form[data-act=take] button")
    anna.route("**/inbox/1/act", lambda route: route.abort(), times=1)
    take.click()
    expect(anna.locator("#toasts .bad")).to_contain_text("связи")
    take.click()
    expect(anna.locator(".talk-head[data-status=assigned]")).to_be_visible()


def is_draft(asked: Request, text: str) -> bool:
    return asked.url.endswith("/draft") and parse_qs(asked.post_data or "").get("text") == [text]


def test_what_is_written_while_a_reply_goes_out_stays(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1")
    box = anna.locator("#reply")

    def write_on(route: Route) -> None:
        box.press_sequentially(" И ещё")
        route.continue_()

    anna.route("**/inbox/1/act", write_on, times=1)
    box.fill("Слышу вас.")
    with anna.expect_request(lambda asked: is_draft(asked, "И ещё")):  # kept like any other
        box.press("Control+Enter")
        expect(box).to_have_value("И ещё")
    expect(anna.locator(".message.operator")).to_have_text(re.compile(r"Слышу вас\.(?!.*И ещё)", re.DOTALL))


def test_message_handled_by_another_process_appears(
    console_chromium: Browser, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """Two houses over one PostgreSQL: one takes the customer's message, the page is open at the other."""
    with postgres_server.migrated() as url:
        working = Stage(tmp_path / "one", database_url=url)
        serving = Stage(tmp_path / "two", people={}, entries=(), database_url=url)
        context = console_chromium.new_context(locale="ru-RU")
        page = context.new_page()
        log_in(page, serving.url, "anna", PASSWORD)
        working.says("оператор")
        working.says("из другого процесса")
        row = page.locator('.row[data-conv="1"]')
        expect(row).to_contain_text("из другого процесса")
        row.click()
        working.says("и ещё")
        expect(page.locator("#messages")).to_contain_text("и ещё")
        context.close()
        serving.close()
        working.close()


def test_plain_http_at_an_address_of_the_local_network(console_chromium: Browser, stage: Stage) -> None:
    """There browsers forbid notifications and the clipboard; everything else must work."""
    complaints = Complaints()
    stage.says("оператор")
    arguments = [*ARGUMENTS, "--host-resolver-rules=MAP desk.lan 127.0.0.1"]
    with console_chromium.browser_type.launch(executable_path=chromium_path(), args=arguments) as browser:
        context = browser.new_context(locale="ru-RU")
        address = f"http://desk.lan:{stage.house.server.port}"
        complaints.watch(context, address)
        page = context.new_page()
        log_in(page, address, "anna", PASSWORD)
        page.goto(f"{address}/inbox/1")
        assert page.evaluate("window.isSecureContext") is False
        stage.says("по сети")
        expect(page.locator("#messages")).to_contain_text("по сети")
        page.fill("#reply", "Слышу вас")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message.operator")).to_contain_text("Слышу вас")
        page.goto(f"{address}/profile")
        expect(page.locator("[name=notifications]")).to_be_disabled()
        context.close()
    assert complaints == []


def test_announcement_under_way_is_followed_by_itself(stage: Stage, come_in: OpenPage) -> None:
    """The numbers go on without a new page, and the page shows the end of it."""
    house = stage.house
    now = house.clock.now()

    def prepare(connection: Connection) -> None:
        change_setting(connection, "surveys.limits", {"quiet_from": "00:00", "quiet_to": "00:00"}, "ada", now)
        change_setting(connection, "announcements.per_minute", 1, "ada", now)
        add_announcement(connection, {"ru": "Сегодня доставка задерживается."}, Audience(), None, now)

    stage.run(house.database.write(prepare))
    stage.run(house.app.board.refresh())
    for address in ("1001", "1002"):
        stage.says("Сколько идёт доставка?", address)
    admin = come_in("admin")
    admin.clock.install()
    admin.goto(f"{stage.url}/settings/announcements/1")
    admin.locator("form[action$='/send'] button.primary").click()
    admin.get_by_role("dialog").get_by_role("button", name="Да").click()
    shown = admin.locator("[data-follow] [role=status]")
    expect(shown).to_be_visible()
    admin.evaluate("window.isSamePage = true")
    stage.run(house.app.timers.announce())
    stage.run(house.settled())
    admin.clock.run_for(3100)
    expect(shown).to_contain_text("1 из 2")
    assert admin.evaluate("window.isSamePage") is True
    stage.run(house.database.write(lambda c: change_setting(c, "announcements.per_minute", 600, "ada", now)))
    stage.run(house.app.board.refresh())
    for _ in range(3):
        stage.run(house.app.timers.announce())
        stage.run(house.settled())
    admin.clock.run_for(3100)
    expect(admin.locator("[data-follow]")).to_have_count(0)
    expect(admin.locator("[role=status]", has_text="2 из 2")).to_be_visible()
