"""An OpenAI-compatible embeddings endpoint, asked politely: short for a customer who waits, patient for a build."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from core.errors import Unavailable

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)

_CONNECT_TIME = 3.0  # seconds
_QUESTION_TIME = 2.0  # for one text: a customer waits
_BATCH_TIME = 60.0
_TRIES = 3  # for a batch
_LONGEST_WAIT = 20.0  # that an endpoint may ask for between two tries
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0  # in which nothing is asked after a failure
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


class Endpoint:
    """`url` is what `/embeddings` is put behind, such as https://api.example.org/v1; `key` may be empty.

    Called with texts it gives a vector for each; raises Unavailable with the reason, never with the key or a text.
    After a failure single texts are refused at once for a growing time, so that customers do not wait for what is away.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        tick: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = f"{url.rstrip('/')}/embeddings"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._tick, self._wait = tick, wait
        self._own = threading.local()
        self._pause, self._quiet_until = 0.0, 0.0

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        if len(texts) > 1:
            return self._ask_patiently(texts)
        if self._tick() < self._quiet_until:
            raise Unavailable("the encoder's endpoint failed a moment ago; it is left alone for a while")
        try:
            found = self._ask(texts, _QUESTION_TIME)
        except Unavailable as error:
            self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
            self._quiet_until = self._tick() + self._pause
            log.warning("%s; the search goes on without it for %.0f s", error, self._pause)
            raise
        self._pause = 0.0
        return found

    def _ask_patiently(self, texts: Sequence[str]) -> list[list[float]]:
        for attempt in range(1, _TRIES + 1):
            try:
                return self._ask(texts, _BATCH_TIME)
            except _Busy as error:
                if attempt == _TRIES:
                    raise
                self._wait(min(max(error.wait, 2.0**attempt), _LONGEST_WAIT))
        raise AssertionError

    def _ask(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        import requests  # 4 MB; most have no endpoint

        try:
            answer = self._session.post(
                self._address,
                json={"model": self._model, "input": list(texts)},
                headers=self._headers,
                timeout=(min(_CONNECT_TIME, seconds), seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:  # its text may name the address with whatever stands in it
            raise _Busy(f"the encoder's endpoint cannot be reached: {type(error).__name__}") from None
        if answer.status_code in _BUSY:
            wait = answer.headers.get("Retry-After", "")
            raise _Busy(f"the encoder's endpoint answered {answer.status_code}", float(wait) if wait.isdecimal() else 0)
        if answer.status_code != requests.codes.ok:
            hint = _HINTS.get(answer.status_code, "")
            raise Unavailable(f"the encoder's endpoint answered {answer.status_code}{hint}")
        try:
            return _vectors(answer.json(), len(texts))
        except (ValueError, TypeError, KeyError, IndexError):
            raise Unavailable("the encoder's endpoint answered something that is no list of embeddings") from None

    @property
    def _session(self) -> requests.Session:
        """One for each thread: they are not made to be shared."""
        import requests

        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        session: requests.Session = self._own.session
        return session


class _Busy(Unavailable):
    """May be over soon; `wait` seconds if the endpoint said so."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


_HINTS = {
    400: ": does it know the model in OTKLIK_ENCODER_MODEL?",
    401: ": is OTKLIK_ENCODER_KEY right?",
    403: ": is OTKLIK_ENCODER_KEY right?",
    404: ": is OTKLIK_ENCODER_URL right, without /embeddings, and does it know OTKLIK_ENCODER_MODEL?",
}


def _vectors(answer: Any, count: int) -> list[list[float]]:
    """The vectors in the order of the texts; raises ValueError and the like for anything else."""
    rows = sorted(answer["data"], key=lambda row: int(row["index"]))
    vectors = [[float(number) for number in row["embedding"]] for row in rows]
    widths = {len(vector) for vector in vectors}
    if [int(row["index"]) for row in rows] != list(range(count)) or len(widths) != 1 or widths == {0}:
        raise ValueError
    if not all(math.isfinite(number) for vector in vectors for number in vector):
        raise ValueError
    return vectors
