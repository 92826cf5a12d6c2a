"""Whose change a command makes: `--by LOGIN`, or the command line itself."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from core.errors import InvalidInput

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.desk.audit import Who

by_option = click.option("--by", metavar="LOGIN", help="Whose change it is, for the audit log.")


def signed(connection: Connection, by: str | None) -> Who:
    """Whoever `--by` names; raises InvalidInput for nobody's login."""
    from bot.storage.desk.audit import Who
    from bot.storage.operators import find_operator_by_login

    if by is None:
        return Who()
    person = find_operator_by_login(connection, by)
    if person is None:
        raise InvalidInput(f"there is no operator {by}; see: otklik operator list")
    return Who(person.id, person.login)


def changed_by(who: Who) -> str:
    """The same for lists of what was changed by whom: without a name, whoever is logged in on this machine."""
    if who.login:
        return who.login
    try:
        return f"{getpass.getuser()} (command line)"[:64]
    except (OSError, KeyError):
        return "command line"
