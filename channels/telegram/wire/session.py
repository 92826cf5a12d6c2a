"""The way to the Bot API: aiogram's session without its models, urlencoding and chains."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from typing import Any, NoReturn

import aiohttp
import certifi
from yarl import URL

from channels.telegram.wire import sdk
from core.errors import Permanent, Refusal, Retryable

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_JSON_HEADERS = {"Content-Type": "application/json"}
_CERTAINLY_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_BY_STATUS: dict[int, type[sdk.TelegramAPIError]] = {
    400: sdk.TelegramBadRequest,
    401: sdk.TelegramUnauthorizedError,
    403: sdk.TelegramForbiddenError,
    404: sdk.TelegramNotFound,
    409: sdk.TelegramConflictError,
    413: sdk.TelegramEntityTooLarge,
}


class NotConnectedError(sdk.TelegramNetworkError):
    """The request never left: it certainly had no effect."""


class LeanSession(sdk.BaseSession):
    """Posts the fields that were set as JSON (multipart when a file is among them); results stay raw.

    Errors are those of aiogram. None carries the address of the request, because the token is part of it.
    """

    def __init__(self, api: sdk.TelegramAPIServer, timeout: float) -> None:
        super().__init__(api=api, timeout=timeout)
        self._http: aiohttp.ClientSession | None = None
        self._urls: dict[tuple[str, str], URL] = {}
        self._times: dict[float, aiohttp.ClientTimeout] = {}

    def http(self) -> aiohttp.ClientSession:
        """The connection pool; made when it is first needed, inside the running loop."""
        if self._http is None or self._http.closed:
            is_secure = self.api.base.startswith("https:")
            trust = ssl.create_default_context(cafile=certifi.where()) if is_secure else True
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trust, ttl_dns_cache=3600),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
            )
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """A file in pieces; `timeout` is the longest silence. Raises Retryable and Permanent(FILE)."""
        time = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=timeout)
        try:
            async with self.http().get(url, headers=headers, timeout=time) as response:
                if response.status >= 500 or response.status == 429:
                    raise Retryable(f"the file server answered {response.status}")
                if response.status != 200:
                    raise Permanent(f"the file server answered {response.status}", Refusal.FILE)
                async for chunk in response.content.iter_chunked(chunk_size):
                    yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise Retryable(f"the file did not come through ({type(error).__name__})") from None

    async def make_request(self, bot: sdk.Bot, method: sdk.TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        data, headers = self._body(bot, method)
        try:
            async with self.http().post(
                self._url(bot.token, method.__api_method__),
                data=data,
                headers=headers,
                timeout=self._time(self.timeout if timeout is None else timeout),
                allow_redirects=False,
            ) as response:
                content = await response.read()
        except _CERTAINLY_UNSENT as error:
            raise NotConnectedError(method=method, message=f"no connection ({type(error).__name__})") from None
        except TimeoutError:
            raise sdk.TelegramNetworkError(method=method, message="no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise sdk.TelegramNetworkError(method=method, message=f"connection lost ({type(error).__name__})") from None
        return self._result(method, response.status, content)

    def check_response(
        self, bot: sdk.Bot, method: sdk.TelegramMethod[Any], status_code: int, content: str
    ) -> sdk.Response[Any]:
        result = self._result(method, status_code, content.encode())
        return sdk.Response.model_construct(ok=True, result=result)

    def _url(self, token: str, name: str) -> URL:
        url = self._urls.get((token, name))
        if url is None:
            url = self._urls[token, name] = URL(self.api.api_url(token=token, method=name))
        return url

    def _time(self, seconds: float) -> aiohttp.ClientTimeout:
        time = self._times.get(seconds)
        if time is None:
            time = self._times[seconds] = aiohttp.ClientTimeout(total=seconds, sock_connect=min(10.0, seconds))
        return time

    def _body(
        self, bot: sdk.Bot, method: sdk.TelegramMethod[Any]
    ) -> tuple[bytes | aiohttp.FormData, dict[str, str] | None]:
        fields = set_fields(method)
        if not _has_file(fields):
            # a lone surrogate cannot be encoded: it becomes a question mark
            return _ENCODER.encode(fields).encode("utf-8", "replace"), _JSON_HEADERS
        form = aiohttp.FormData(quote_fields=False)
        files: dict[str, sdk.InputFile] = {}
        for key, value in fields.items():
            form.add_field(key, str(self.prepare_value(value, bot=bot, files=files)))
        for key, file in files.items():
            form.add_field(key, file.read(bot), filename=file.filename or key)
        return form, None

    def _result(self, method: sdk.TelegramMethod[Any], status: int, content: bytes) -> Any:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            _refuse_page(method, status)
        if answer.get("ok") is True and status < 300:
            return answer.get("result")
        _refuse(method, status, answer)


def set_fields(method: sdk.TelegramMethod[Any]) -> dict[str, Any]:
    """The fields that were given, without those that are None."""
    values = method.__dict__
    return {name: values[name] for name in method.model_fields_set if values[name] is not None}


def _has_file(fields: Mapping[str, Any]) -> bool:
    """Files are fields of their own or the media of an album's items."""
    if any(isinstance(value, sdk.InputFile) for value in fields.values()):
        return True
    return any(isinstance(item.get("media"), sdk.InputFile) for item in fields.get("media") or ())


def _refuse_page(method: sdk.TelegramMethod[Any], status: int) -> NoReturn:
    """What is no JSON object comes from something between us and the Bot API."""
    if status == 413:
        raise sdk.TelegramEntityTooLarge(method=method, message="the request is too big")
    if status == 429:
        raise sdk.TelegramRetryAfter(method=method, message="too many requests", retry_after=1)
    text = f"an answer with status {status} that is no JSON object"
    raise sdk.ClientDecodeError(text, ValueError(text), None)


def _refuse(method: sdk.TelegramMethod[Any], status: int, answer: Mapping[str, Any]) -> NoReturn:
    description = str(answer.get("description") or f"status {status}")[:300]
    parameters = answer.get("parameters")
    if isinstance(parameters, dict):
        if retry_after := parameters.get("retry_after"):
            raise sdk.TelegramRetryAfter(method=method, message=description, retry_after=int(retry_after))
        if new_chat := parameters.get("migrate_to_chat_id"):
            raise sdk.TelegramMigrateToChat(method=method, message=description, migrate_to_chat_id=int(new_chat))
    if status == 429:
        raise sdk.TelegramRetryAfter(method=method, message=description, retry_after=1)
    if status >= 500:
        raise sdk.TelegramServerError(method=method, message=description)
    raise _BY_STATUS.get(status, sdk.TelegramAPIError)(method=method, message=description)
