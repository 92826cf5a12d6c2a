"""aiogram at a third of its price: the only place that imports it.

aiogram.types rebuilds about 400 pydantic schemas when it is imported: 166 MB and 7 s. We send raw fields and read raw
dicts, so none of them is ever used. While the import runs, `model_rebuild` of aiogram's own models does nothing (other
packages' models are built as always); afterwards pydantic is as it was. 59 MB and 1.6 s.

A model that is wanted all the same is built by `Model.model_rebuild(_types_namespace=vars(aiogram.types))`.
If somebody imported aiogram before us the price is paid already and nothing is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel


@contextmanager
def _without_schemas() -> Iterator[None]:
    if "aiogram" in sys.modules:
        yield
        return
    original = BaseModel.__dict__["model_rebuild"]

    def model_rebuild(cls: type[BaseModel], /, **options: Any) -> bool | None:
        if cls.__module__.partition(".")[0] == "aiogram":
            return None
        done: bool | None = original.__func__(cls, **options)
        return done

    setattr(BaseModel, "model_rebuild", classmethod(model_rebuild))  # noqa: B010 - mypy refuses the plain form
    try:
        yield
    finally:
        setattr(BaseModel, "model_rebuild", original)  # noqa: B010


with _without_schemas():
    from aiogram import Bot, methods
    from aiogram.client.session.base import BaseSession
    from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
    from aiogram.exceptions import (
        AiogramError,
        ClientDecodeError,
        TelegramAPIError,
        TelegramBadRequest,
        TelegramConflictError,
        TelegramEntityTooLarge,
        TelegramForbiddenError,
        TelegramMigrateToChat,
        TelegramNetworkError,
        TelegramNotFound,
        TelegramRetryAfter,
        TelegramServerError,
        TelegramUnauthorizedError,
    )
    from aiogram.methods import Response, TelegramMethod
    from aiogram.types import FSInputFile, InputFile


def with_fields(method: type[TelegramMethod[Any]], fields: dict[str, Any]) -> TelegramMethod[Any]:
    """A method object that has these fields and no defaults.

    `model_construct` copies the defaults of all the others, which costs as much as the request itself.
    """
    made = method.__new__(method)
    for name, value in (("__dict__", fields), ("__pydantic_fields_set__", set(fields))):
        object.__setattr__(made, name, value)
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


__all__ = [
    "PRODUCTION",
    "AiogramError",
    "BaseSession",
    "Bot",
    "ClientDecodeError",
    "FSInputFile",
    "InputFile",
    "Response",
    "TelegramAPIError",
    "TelegramAPIServer",
    "TelegramBadRequest",
    "TelegramConflictError",
    "TelegramEntityTooLarge",
    "TelegramForbiddenError",
    "TelegramMethod",
    "TelegramMigrateToChat",
    "TelegramNetworkError",
    "TelegramNotFound",
    "TelegramRetryAfter",
    "TelegramServerError",
    "TelegramUnauthorizedError",
    "methods",
    "with_fields",
]
