"""The settings; the only reader of the environment and of `.env`.

The environment says where things are; business rules (hours, capacity, texts) live in the database.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from core.errors import InvalidInput

PREFIX = "OTKLIK_"
_HTTP_URL = "an address that begins with http:// or https://, without a query"


class Config(BaseModel):
    """Frozen settings; `Field(description=...)` says what a valid value is and ends up in the error text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    database_url: str = Field(
        "sqlite:///var/otklik.db",
        repr=False,  # may carry a password
        description="sqlite:///path or postgresql://user:password@host/db",
    )
    http_host: str = Field("127.0.0.1", description="the address to listen on, for example 127.0.0.1 or 0.0.0.0")
    http_port: int = Field(8080, ge=0, le=65535, description="a port from 0 to 65535 (0: any free one)")
    public_url: str | None = Field(None, description=_HTTP_URL)
    language: Literal["ru", "en"] = Field("ru", description="ru or en")
    timezone: str = Field("Europe/Moscow", description="a time zone's name, for example Europe/Moscow")
    telegram_token: SecretStr | None = Field(None, description="the token from @BotFather, like 123456:ABC-DEF")
    telegram_api_url: str = Field("https://api.telegram.org", description=_HTTP_URL)
    telegram_mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    telegram_secret: SecretStr | None = Field(None, description="1-256 of the characters A-Z a-z 0-9 _ -")
    telegram_desk_chat: int | None = Field(
        None, lt=0, description="the negative id of the operators' group, like -1001234567890"
    )
    telegram_desk_chats: dict[int, int] | None = Field(
        None, description="groups by level from 1 to 3, like 2=-1001234567890,3=-1009876543210, each level once"
    )
    vk_token: SecretStr | None = Field(None, description="the community's access token")
    vk_group_id: int | None = Field(None, gt=0, description="the community's number, positive and without 'club'")
    vk_api_url: str = Field("https://api.vk.ru", description=_HTTP_URL)
    vk_mode: Literal["longpoll", "callback"] = Field("longpoll", description="longpoll or callback")
    vk_secret: SecretStr | None = Field(None, description="1-50 Latin letters, digits and signs, as in the community")
    vk_confirmation: str | None = Field(None, description="the line that the community's Callback API page shows")
    encoder: Literal["auto", "off"] = Field("auto", description="auto or off")
    encoder_url: str | None = Field(None, description=_HTTP_URL)
    encoder_model: str | None = Field(None, description="the model's name, as the endpoint knows it")
    encoder_key: SecretStr | None = Field(None, description="the endpoint's key, without spaces")
    log_format: Literal["text", "json"] = Field("text", description="text or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error")

    @field_validator("language", "telegram_mode", "vk_mode", "encoder", "log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("public_url", "telegram_api_url", "vk_api_url", "encoder_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError):  # OSError: the name of a folder
            raise ValueError from None
        return value

    @field_validator("telegram_desk_chats", mode="before")
    @classmethod
    def _are_groups(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [re.fullmatch(r"\s*([123])\s*=\s*(-\d{1,18})\s*", part) for part in value.split(",")]
        groups = {int(pair[1]): int(pair[2]) for pair in pairs if pair is not None}
        if len(groups) != len(pairs) or 0 in groups.values():
            raise ValueError
        return groups

    @field_validator("telegram_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(value, r"\d+:[A-Za-z0-9_-]+")

    @field_validator("telegram_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(value, r"[A-Za-z0-9_-]{1,256}")

    @field_validator("vk_token", "encoder_key")
    @classmethod
    def _is_word(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(value, r"[\x21-\x7e]+")

    @field_validator("vk_secret")
    @classmethod
    def _is_short(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(value, r"[\x21-\x7e]{1,50}")

    @model_validator(mode="after")
    def _belong_together(self) -> Config:
        if self.telegram_token and self.telegram_mode == "webhook":
            _need(self, "OTKLIK_TELEGRAM_MODE=webhook", "public_url", "telegram_secret")
        if self.telegram_desk_chats:
            _need(self, "OTKLIK_TELEGRAM_DESK_CHATS", "telegram_desk_chat")
        if self.vk_token:
            _need(self, "OTKLIK_VK_TOKEN", "vk_group_id")
        if self.encoder_url:
            _need(self, "OTKLIK_ENCODER_URL", "encoder_model")
        if self.vk_token and self.vk_mode == "callback":
            _need(self, "OTKLIK_VK_MODE=callback", "vk_secret")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def base_url(self, port: int = 0) -> str:
        """Where people open it. `port`: the one that is listened on, where that is known; the word PORT stands for it
        where any free one is taken."""
        if self.public_url is not None:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.http_host, self.http_host)  # noqa: S104 - to be opened
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{port or self.http_port or 'PORT'}"


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """The settings from the environment, then from `.env` in the working directory; an empty value is no value.

    With `environ` nothing else is read. Raises InvalidInput: one line that names every faulty setting and says
    what is expected; never the value of a secret.
    """
    found = _found(environ)
    try:
        return Config.model_validate(
            {name: found[setting_name(name)] for name in Config.model_fields if _set(found, name)}
        )
    except ValidationError as error:
        raise InvalidInput("; ".join(_complaints(error, found))) from None


def unknown_settings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Names that begin with OTKLIK_ and mean nothing, each with the likely meant name or ""."""
    known = [setting_name(name) for name in Config.model_fields]
    strange = [name for name in _found(environ) if name.startswith(PREFIX) and name not in known]
    return {name: next(iter(difflib.get_close_matches(name, known, 1, 0.8)), "") for name in sorted(strange)}


def setting_name(field: str) -> str:
    """The name of a field in the environment."""
    return PREFIX + field.upper()


def _found(environ: Mapping[str, str] | None) -> dict[str, str]:
    if environ is not None:
        return dict(environ)
    return {**_read_dotenv(Path(".env")), **os.environ}


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path, encoding="utf-8-sig").items() if value}
    except UnicodeDecodeError:
        raise InvalidInput(".env is not a UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise InvalidInput(f".env cannot be read ({error.strerror}); make it readable or move it away") from None


def _set(found: Mapping[str, str], field: str) -> bool:
    return bool(found.get(setting_name(field), "").strip())


def _matching(value: SecretStr | None, pattern: str) -> SecretStr | None:
    if value is not None and not re.fullmatch(pattern, value.get_secret_value().strip()):
        raise ValueError
    return SecretStr(value.get_secret_value().strip()) if value is not None else None


def _need(config: Config, reason: str, *fields: str) -> None:
    missing = [setting_name(field) for field in fields if getattr(config, field) is None]
    if missing:
        raise ValueError(f"{reason} needs more: set {' and '.join(missing)}")


def _complaints(error: ValidationError, found: Mapping[str, str]) -> Iterable[str]:
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        if not detail["loc"]:
            yield str(detail["ctx"]["error"])
            continue
        name = str(detail["loc"][0])
        yield f"{setting_name(name)} must be {Config.model_fields[name].description}{_shown(name, found)}"


def _shown(field: str, found: Mapping[str, str]) -> str:
    """The faulty value, unless it could be, or carry, a secret."""
    kind: Any = Config.model_fields[field].annotation
    if "Secret" in str(kind) or not Config.model_fields[field].repr:
        return ""
    value = found[setting_name(field)].strip()
    return f"; it is {value[:40]!r}" if "@" not in value else ""
