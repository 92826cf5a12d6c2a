"""Questionnaires and their versions: one that has answers keeps its scale for ever."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.storage.surveys.tables import invitation, survey
from core.errors import NotFound
from surveys.form import builtin, read_survey, write_survey
from surveys.survey import Occasion, Survey


@dataclass(frozen=True, slots=True)
class StoredSurvey:
    survey: Survey
    is_active: bool
    invitations: int = 0
    responses: int = 0


def find_survey(connection: Connection, key: str, version: int) -> Survey | None:
    """That version; the closing question is there without ever having been stored."""
    query = select(survey).where(survey.c.key == key, survey.c.version == version)
    row = connection.execute(query).one_or_none()
    if row is not None:
        return _read(row)
    return builtin()["csi"] if (key, version) == ("csi", 1) else None


def active_surveys(connection: Connection, occasion: Occasion | None = None) -> list[Survey]:
    """The newest version of each that is in use; the closing question is, until it is switched off."""
    rows = connection.execute(select(survey).order_by(survey.c.key, survey.c.version)).all()
    newest = {row.key: row for row in rows}
    found = [_read(row) for row in newest.values() if row.is_active]
    if "csi" not in newest:
        found.insert(0, builtin()["csi"])
    return [one for one in found if occasion is None or one.plan.occasion is occasion]


def closing_question(connection: Connection) -> Survey | None:
    """What is asked right at the closing: CSI unless it is switched off."""
    due = [one for one in active_surveys(connection, Occasion.CLOSING) if not one.plan.delay]
    return next((one for one in due if one.key == "csi"), due[0] if due else None)


def list_surveys(connection: Connection) -> list[StoredSurvey]:
    """Every version of every survey, with what it brought."""
    counts = {
        (row.survey, row.version): (row.invitations, row.responses)
        for row in connection.execute(
            select(
                invitation.c.survey,
                invitation.c.version,
                func.count().label("invitations"),
                func.count(invitation.c.score).label("responses"),
            ).group_by(invitation.c.survey, invitation.c.version)
        )
    }
    rows = connection.execute(select(survey).order_by(survey.c.key, survey.c.version)).all()
    listed = [StoredSurvey(_read(row), row.is_active, *counts.get((row.key, row.version), (0, 0))) for row in rows]
    if not any(row.key == "csi" for row in rows):
        listed.insert(0, StoredSurvey(builtin()["csi"], True, *counts.get(("csi", 1), (0, 0))))
    return listed


def keep_survey(connection: Connection, new: Survey, now: datetime) -> Survey:
    """Take a survey into use, as the version it becomes.

    A version that somebody was asked with stays as it is when the questions or scales differ: the new one gets the
    next number, and reports never mix the two. Otherwise it is changed in place.
    """
    last = next((one for one in reversed(list_surveys(connection)) if one.survey.key == new.key), None)
    if last is None:
        return _add(connection, replace(new, version=1), now)
    before = last.survey
    if last.invitations and not new.has_same_scale(before):
        return _add(connection, replace(new, version=before.version + 1), now)
    kept = replace(new, version=before.version)
    values = {"definition": write_survey(kept), "is_active": True}
    at = (survey.c.key == kept.key, survey.c.version == kept.version)
    if not connection.execute(update(survey).where(*at).values(**values)).rowcount:
        return _add(connection, kept, now)  # the closing question, stored for the first time
    return kept


def switch(connection: Connection, key: str, *, is_active: bool, now: datetime) -> None:
    """In use or not; what was asked already may still be answered. Raises NotFound."""
    found = [one for one in list_surveys(connection) if one.survey.key == key]
    if not found:
        raise NotFound(f"there is no survey {key}; see: otklik survey list")
    last = found[-1].survey
    at = (survey.c.key == key, survey.c.version == last.version)
    if not connection.execute(update(survey).where(*at).values(is_active=is_active)).rowcount:
        _add(connection, last, now, is_active=is_active)


def _add(connection: Connection, new: Survey, now: datetime, *, is_active: bool = True) -> Survey:
    values = {"key": new.key, "version": new.version, "definition": write_survey(new), "is_active": is_active}
    connection.execute(insert(survey).values(created_at=now, **values))
    return new


def _read(row: Any) -> Survey:
    return read_survey(row.key, row.definition, row.version)
