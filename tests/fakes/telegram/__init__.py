"""A server that behaves like the Telegram Bot API."""

from tests.fakes.telegram.fake import FakeTelegram

__all__ = ["FakeTelegram"]
