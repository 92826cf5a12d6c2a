"""What commands begin with: settings, log, and a migrated database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.config import Config, load_config
from bot.logs import set_up_logging

if TYPE_CHECKING:
    from sqlalchemy import Engine


def settings(*, is_service: bool = False) -> Config:
    """The settings, with the log set up after them; a short command only logs trouble unless told to debug."""
    config = load_config()
    level = config.log_level if is_service or config.log_level == "debug" else "error"
    set_up_logging(config.log_format, level, secrets_of(config))
    return config


def secrets_of(config: Config) -> list[str]:
    """Every secret value among the settings."""
    held = (config.telegram_token, config.telegram_secret, config.vk_token, config.vk_secret, config.encoder_key)
    return [secret.get_secret_value() for secret in held if secret is not None]


@contextmanager
def opened_database(config: Config, *, is_migrated: bool = True) -> Iterator[Engine]:
    """The database's engine, migrated unless told otherwise, closed in the end."""
    from bot.storage.database import open_engine, read_url
    from bot.storage.migrate import migrate_up

    engine = open_engine(read_url(config.database_url))
    try:
        if is_migrated:
            migrate_up(engine)
        yield engine
    finally:
        engine.dispose()
