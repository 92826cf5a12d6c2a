"""An OpenAI-compatible endpoint on loopback: what is asked of it, and what happens when it misbehaves."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.config import load_config
from bot.doctor import examine
from bot.knowledge.encoders import NO_ENCODER, choose_encoder
from bot.knowledge.endpoint import Endpoint
from bot.logs import set_up_logging
from core.errors import InvalidInput, Unavailable
from faq.entry import Entry
from faq.index import Index

KEY = "sk-very-secret-key-0123456789"


class Server:
    """Answers with a vector of letters for each text; `answers` are given first, in order."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def reply(self, request: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        self.asked.append(request)
        if self.answers:
            return self.answers.pop(0)
        rows = [
            {"index": place, "embedding": [float(text.count(letter)) for letter in "абвгдежз"] + [0.1]}
            for place, text in enumerate(request["input"])
        ]
        return 200, {}, {"data": rows[::-1], "model": request["model"]}  # in any order

    def _handler(server) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.keys.append(self.headers.get("Authorization"))
                server.paths.append(self.path)
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, headers, answer = server.reply(request)
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class Ticks:
    """Time for the endpoint's pauses; waiting takes none."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def endpoint(server: Server, ticks: Ticks) -> Endpoint:
    return Endpoint(server.url, "model-1", KEY, tick=ticks, wait=ticks.waited.append)


def config_of(server: Server, **more: str) -> Any:
    return load_config(
        {
            "OTKLIK_ENCODER_URL": f"{server.url}/",
            "OTKLIK_ENCODER_MODEL": "model-1",
            "OTKLIK_ENCODER_KEY": KEY,
            **more,
        }
    )


def test_asks_as_the_protocol_wants(endpoint: Endpoint, server: Server) -> None:
    found = endpoint(["аа", "б"])
    assert server.paths == ["/v1/embeddings"]
    assert server.keys == [f"Bearer {KEY}"]
    assert server.asked == [{"model": "model-1", "input": ["аа", "б"]}]
    assert [row[:2] for row in found] == [[2.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    "answer",
    [
        b"no json",
        {"data": []},
        {"data": [{"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]},
        {"data": [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": [1]}]},
        b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}',
        {"error": {"message": "no"}},
        ["?"],
    ],
)
def test_strange_answers(endpoint: Endpoint, server: Server, answer: Any) -> None:
    server.answers.append((200, {}, answer))
    with pytest.raises(Unavailable, match="no list of embeddings"):
        endpoint(["а", "б"])


def test_batch_waits_out_a_busy_endpoint(endpoint: Endpoint, server: Server, ticks: Ticks) -> None:
    server.answers += [(429, {"Retry-After": "7"}, {}), (503, {}, {})]
    assert len(endpoint(["а", "б"])) == 2
    assert ticks.waited == [7.0, 4.0]
    server.answers += [(500, {}, {})] * 3
    with pytest.raises(Unavailable, match="500"):
        endpoint(["а", "б"])


@pytest.mark.parametrize(("status", "hint"), [(401, "OTKLIK_ENCODER_KEY"), (404, "OTKLIK_ENCODER_URL"), (301, "301")])
def test_refusals_say_what_to_look_at(endpoint: Endpoint, server: Server, status: int, hint: str) -> None:
    server.answers.append((status, {"Location": "http://127.0.0.1:1/"}, {"error": KEY}))
    with pytest.raises(Unavailable, match=hint) as caught:
        endpoint(["а", "б"])
    assert KEY not in str(caught.value)
    assert len(server.asked) == 1


def test_after_a_failure_customers_do_not_wait_again(endpoint: Endpoint, server: Server, ticks: Ticks) -> None:
    server.answers += [(500, {}, {})] * 2
    for _ in range(3):
        with pytest.raises(Unavailable):
            endpoint(["вопрос"])
    assert len(server.asked) == 1
    ticks.now = 6
    with pytest.raises(Unavailable):
        endpoint(["вопрос"])
    ticks.now = 15  # the pause has doubled
    with pytest.raises(Unavailable):
        endpoint(["вопрос"])
    assert len(server.asked) == 2
    ticks.now = 17
    assert len(endpoint(["вопрос"])) == 1


def test_nobody_there(ticks: Ticks) -> None:
    away = Endpoint("http://127.0.0.1:9", "model-1", KEY, tick=ticks, wait=ticks.waited.append)
    with pytest.raises(Unavailable, match="cannot be reached"):
        away(["а", "б"])


# --- by settings


def test_endpoint_is_chosen_before_the_wheels(server: Server) -> None:
    encoder = choose_encoder(config_of(server)).open()
    assert encoder is not None
    assert encoder.widths == (9,)
    entries = [Entry("a", "", "Как вернуть товар?", "Так."), Entry("b", "", "Где выбрать размер?", "Там.")]
    index = Index.build(entries, encoder=encoder)
    first = index.search("вернуть бы товар").first
    assert first is not None
    assert first.entry_id == "a"
    before = len(server.asked)
    index.search("вернуть бы товар")
    assert len(server.asked) == before  # the last questions are remembered


def test_off_is_off(server: Server) -> None:
    assert choose_encoder(config_of(server, OTKLIK_ENCODER="off")) is NO_ENCODER
    assert server.asked == []


def test_address_needs_a_model(server: Server) -> None:
    with pytest.raises(InvalidInput, match="OTKLIK_ENCODER_MODEL"):
        config_of(server, OTKLIK_ENCODER_MODEL="")


async def test_doctor_says_which_encoder_is_active(server: Server, sqlite_url: str) -> None:
    async def search_finding(answering: Callable[[], None] = lambda: None, **more: str) -> tuple[str, str]:
        answering()
        config = config_of(server, OTKLIK_DATABASE_URL=sqlite_url, **more)
        (found,) = [one for one in await examine(config, {}, lambda _: []) if one.subject == "search"]
        assert KEY not in found.text + found.remedy
        return found.level, found.text

    level, text = await search_finding()
    assert level == "ok"
    assert "model-1 at an endpoint, 9 numbers a text" in text
    level, text = await search_finding(lambda: server.answers.append((401, {}, {})))
    assert level == "warning"
    assert "OTKLIK_ENCODER_KEY" in text
    assert await search_finding(OTKLIK_ENCODER="off") == ("ok", "by letters and words only: OTKLIK_ENCODER is off")


def test_key_is_never_logged(endpoint: Endpoint, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logging("text", "debug")
        server.answers.append((500, {}, {"error": KEY}))
        with pytest.raises(Unavailable):
            endpoint(["тайный вопрос"])
    finally:
        root.handlers[:], root.level = before, level
        logging.captureWarnings(False)
    said = capsys.readouterr().err
    assert "answered 500" in said
    assert KEY not in said
    assert "тайный" not in said
