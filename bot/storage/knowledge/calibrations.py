"""Corrections of the confidence: each fit is a version; the newest that was not taken back is in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, null, select, update

from bot.storage.database import add_row
from bot.storage.knowledge.tables import faq_calibration
from faq.learning.fitting import Figures
from faq.ranking.calibration import Calibration, Leaning


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """One version, with the figures that spoke for it."""

    id: int
    calibration: Calibration
    samples: int
    figures: dict[str, Any]
    made_at: datetime
    ended_at: datetime | None


def add_calibration(connection: Connection, calibration: Calibration, figures: Figures, now: datetime) -> int:
    """In use from now on; returns its number."""
    values = {
        "slope": calibration.slope,
        "shift": calibration.shift,
        "leaning": calibration.leaning._asdict() if calibration.leaning is not None else null(),
        "samples": figures.samples,
        "figures": figures.as_json(),
        "made_at": now,
    }
    return add_row(connection, insert(faq_calibration), values)


def current_calibration(connection: Connection) -> StoredCalibration | None:
    """The one in use; None: the confidence is as it was shipped."""
    query = select(faq_calibration).where(faq_calibration.c.ended_at.is_(None))
    row = connection.execute(query.order_by(faq_calibration.c.id.desc()).limit(1)).one_or_none()
    return _read(row) if row is not None else None


def last_calibration(connection: Connection) -> StoredCalibration | None:
    """The newest one ever made, taken back or not."""
    row = connection.execute(select(faq_calibration).order_by(faq_calibration.c.id.desc()).limit(1)).one_or_none()
    return _read(row) if row is not None else None


def end_calibration(connection: Connection, number: int, now: datetime) -> None:
    """Take a version back: the one before it is in use again."""
    connection.execute(update(faq_calibration).where(faq_calibration.c.id == number).values(ended_at=now))


def _read(row: Row[Any]) -> StoredCalibration:
    calibration = Calibration(row.slope, row.shift, _leaning(row.leaning) if row.leaning is not None else None)
    return StoredCalibration(row.id, calibration, row.samples, row.figures, row.made_at, row.ended_at)


def _leaning(stored: Mapping[str, Any]) -> Leaning:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return Leaning(**values)
