"""Who works at the desk in a conversation that is played."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.storage.desk.canned import write_canned
from bot.storage.desk.team import set_skills
from bot.storage.knowledge.files import keep_file
from bot.storage.operators import add_operator
from core.message import Attachment, AttachmentKind
from handoff.operators import Role
from tests.dialogs.stage import MEMBERS, OPERATORS


def hire(connection: Connection, team: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """The usual operators as `team` says (level, capacity, role, skills, canned), and whoever else it names.

    A canned reply is a text, or {text, files: kinds}; a supervisor's is everybody's.
    """
    for login in [*OPERATORS, *(name for name in team if name not in OPERATORS)]:
        number, name = MEMBERS[login]
        told = dict(team.get(login, {}))
        skills, canned = told.pop("skills", ()), told.pop("canned", {})
        role = Role(told.pop("role", Role.OPERATOR))
        made = add_operator(connection, login, role, now=now, telegram_id=number, name=name, **told)
        set_skills(connection, made, skills)
        for key, told_of in canned.items():
            reply = told_of if isinstance(told_of, dict) else {"text": told_of}
            files = [_keep(connection, kind, now) for kind in reply.get("files", ())]
            write_canned(connection, made if role is Role.OPERATOR else None, key, reply["text"], now, files)


def _keep(connection: Connection, kind: str, now: datetime) -> Attachment:
    name, mime, content = _FILES[kind]
    return keep_file(connection, name, mime, AttachmentKind(kind), content, now)


_FILES = {
    "photo": ("карта.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    "document": ("прайс.pdf", "application/pdf", b"%PDF-1.4 prices"),
}
