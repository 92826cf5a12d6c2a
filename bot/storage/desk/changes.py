"""Lines of the audit log that the console and the command line write alike, each in the transaction of its change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.storage.desk.audit import Who, record_change
from bot.storage.surveys.follow_ups import Held
from bot.storage.website.sites import Site
from core.conversation import ConversationId
from surveys.survey import Survey


def record_setting(connection: Connection, who: Who, key: str, value: Any, now: datetime) -> None:
    """`value` in its plain form."""
    record_change(connection, who, "setting.changed", now, key=key, value=value)


def record_reset(connection: Connection, who: Who, key: str, now: datetime) -> None:
    record_change(connection, who, "setting.reset", now, key=key)


def record_rule(connection: Connection, who: Who, act: str, name: str, now: datetime) -> None:
    record_change(connection, who, act, now, rule=name)


def record_site(connection: Connection, who: Who, act: str, about: Site, now: datetime) -> None:
    """Never the secret."""
    detail: dict[str, Any] = {"name": about.name, "origins": list(about.origins), "active": about.is_active}
    record_change(connection, who, act, now, site=about.key, **detail)


def record_survey(connection: Connection, who: Who, kept: Survey, now: datetime) -> None:
    """Which version of what, not its questions."""
    record_change(connection, who, "survey.saved", now, survey=kept.key, version=kept.version)


def record_switch(connection: Connection, who: Who, key: str, now: datetime, *, is_active: bool) -> None:
    record_change(connection, who, "survey.on" if is_active else "survey.off", now, survey=key)


def record_follow_up(
    connection: Connection, who: Who, act: str, number: int, held: Held, now: datetime, **detail: Any
) -> None:
    """Not what was agreed: those may be the customer's words."""
    about = ConversationId(held.conversation_id) if held.conversation_id is not None else None
    record_change(connection, who, act, now, about, follow_up=number, **detail)
