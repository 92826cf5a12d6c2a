"""Business settings as stored: one row for each that was ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.settings.catalogue import CATALOGUE, find_setting
from bot.settings.setting import Setting, Settings
from bot.storage.service.tables import setting
from core.errors import InvalidInput
from core.text import render

Raw = Mapping[str, Any]
_RAW = select(setting.c.key, setting.c.value)


@dataclass(frozen=True, slots=True)
class StoredSetting:
    """A setting for people: `value` as JSON, who changed it and when (None and "": never, so it is the default)."""

    key: str
    value: Any
    form: str
    meaning: str
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def is_default(self) -> bool:
        return self.changed_at is None


def load_raw(connection: Connection) -> dict[str, Any]:
    """What is stored, as JSON; keys this program does not know (of a newer one) are left out."""
    return {row.key: row.value for row in connection.execute(_RAW) if row.key in CATALOGUE}


def read_settings(raw: Raw) -> tuple[Settings, list[str]]:
    """The values, and what is wrong with those that no longer fit and therefore have their defaults."""
    values, faults = {}, []
    for key, value in raw.items():
        try:
            values[key] = CATALOGUE[key].parse(value)
        except InvalidInput as error:
            faults.append(str(error))
    return Settings(values), faults


def load_settings(connection: Connection) -> Settings:
    return read_settings(load_raw(connection))[0]


def list_settings(connection: Connection) -> list[StoredSetting]:
    """Every known setting with its present value."""
    rows = {row.key: row for row in connection.execute(select(setting))}
    listed = []
    for key, known in sorted(CATALOGUE.items()):
        row = rows.get(key)
        value = _in_order(known, row.value) if row is not None else known.write(known.default)
        changed = (row.changed_at, row.changed_by or "") if row is not None else (None, "")
        listed.append(StoredSetting(key, value, render(known.form, "en"), known.meaning, *changed))
    return listed


def _in_order(known: Setting[Any], value: Any) -> Any:
    """As it was written: PostgreSQL sorts the keys, so that a week began with Friday."""
    try:
        return known.write(known.parse(value))
    except InvalidInput:
        return value


def change_setting(connection: Connection, key: str, raw: Any, changed_by: str, now: datetime) -> Any:
    """Store the value in its plain form and return that; setting it again changes only who and when.

    Raises NotFound for an unknown key, InvalidInput for a value that does not fit.
    """
    known = find_setting(key)
    value = known.write(known.parse(raw))
    values = {"value": value, "changed_at": now, "changed_by": changed_by}
    if not connection.execute(update(setting).where(setting.c.key == key).values(**values)).rowcount:
        connection.execute(insert(setting).values(key=key, **values))
    return value


def reset_setting(connection: Connection, key: str) -> None:
    """Back to the default; raises NotFound for an unknown key."""
    connection.execute(delete(setting).where(setting.c.key == find_setting(key).key))
