"""The log: one line a record, text or JSON, with secrets taken out of every one; messages' texts are never logged."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

_MASK = "***"
# token of a bot, also inside a URL · VK token · name=value and "name": "value" · password in an address ·
# statement parameters, which carry messages
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(bot)?(\d{3,}):[A-Za-z0-9_-]{10,}"), rf"\1\2:{_MASK}"),
    (re.compile(r"\bvk1\.a\.[A-Za-z0-9_-]+"), f"vk1.a.{_MASK}"),
    (
        re.compile(
            r"(?i)\b(access_token|token|secret|secret_token|password|key)"
            r"((?:\\?[\"'])?\s*[=:]\s*(?:\\?[\"'])?)[A-Za-z0-9._~%+/-]{8,}"
        ),
        rf"\1\2{_MASK}",
    ),
    (re.compile(r"(://[^\s:/@]+):[^\s@/]+@"), rf"\1:{_MASK}@"),
    (re.compile(r"^\[parameters: .*$", re.MULTILINE), f"[parameters: {_MASK}]"),
    (re.compile(r"^DETAIL: .*$", re.MULTILINE), f"DETAIL: {_MASK}"),
)
_OWN = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
_NOISY = ("aiogram", "aiohttp", "asyncio", "urllib3", "alembic", "sqlalchemy")


def set_up_logging(
    log_format: str = "text", level: str = "info", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Make the root logger write to `stream` (standard error); a second call replaces the first.

    `log_format` is text or json, `level` debug, info, warning or error; `secrets` never appear, whatever logs them.
    Libraries are heard from warnings up, at debug in full.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(JsonLines(secrets) if log_format == "json" else TextLines(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, TextLines | JsonLines):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    logging.captureWarnings(True)


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens, passwords and the given secrets."""
    for secret in secrets:
        text = text.replace(secret, _MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class TextLines(logging.Formatter):
    """`2025-01-31T12:00:00.000Z INFO bot.inbox: text name=value`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        extra = "".join(f" {name}={value}" for name, value in _extra(record).items())
        line = _one_line(f"{record.name}: {_message(record)}{extra}")
        text = f"{_moment(record)} {record.levelname} {line}"
        if record.exc_info and record.exc_info[0]:
            text += "\n" + self.formatException(record.exc_info)
        return scrub(text, self._secrets)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, text, error, and what the caller gave as `extra`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": scrub(_message(record), self._secrets),
        }
        fields |= {
            name: scrub(value, self._secrets) if isinstance(value, str) else value
            for name, value in _extra(record).items()
        }
        if record.exc_info and record.exc_info[0]:
            fields["error"] = scrub(self.formatException(record.exc_info), self._secrets)
        return json.dumps(fields, ensure_ascii=False, default=lambda value: scrub(str(value), self._secrets))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a wrong call must not cost the record
        return str(record.msg)


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _OWN and not name.startswith("_")}


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """So that no name from outside can forge a line of its own."""
    return (
        text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n") if "\n" in text or "\r" in text else text
    )
