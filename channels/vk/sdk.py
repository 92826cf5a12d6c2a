"""vk_api and the requests it stands on, without guessing of encodings: the only place that imports them first.

requests brings charset_normalizer, 5 MB of tables that tell the encoding of a page that does not say it. VK answers in
UTF-8. It is hidden while requests is imported, which then takes UTF-8 for granted; afterwards everything is as it was.
Where somebody imported requests before us, nothing is done.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_GUESSERS = ("chardet", "charset_normalizer")


@contextmanager
def _without_guessing() -> Iterator[None]:
    hidden = [name for name in _GUESSERS if name not in sys.modules] if "requests" not in sys.modules else []
    modules: dict[str, Any] = sys.modules  # None in it: not to be found
    modules.update(dict.fromkeys(hidden))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # requests regrets that it cannot guess
            yield
    finally:
        for name in hidden:
            del modules[name]


with _without_guessing():
    from jconfig import MemoryConfig
    from requests import PreparedRequest, Response, Session
    from requests.adapters import HTTPAdapter
    from vk_api import ApiError, ApiHttpError, Captcha, VkApiGroup

__all__ = [
    "ApiError",
    "ApiHttpError",
    "Captcha",
    "HTTPAdapter",
    "MemoryConfig",
    "PreparedRequest",
    "Response",
    "Session",
    "VkApiGroup",
]
