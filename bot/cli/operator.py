"""`operator add`, `set` and `list`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock
from handoff.operators import Role

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.operators import Profile

_ROLE = click.Choice([str(role) for role in Role])
_LEVEL = click.IntRange(1, 3)
_CAPACITY = click.IntRange(0, 999)


@click.group()
def operator() -> None:
    """The people who answer."""


@operator.command()
@click.argument("login")
@click.option("--role", type=_ROLE, required=True)
@click.option("--telegram", metavar="ID", help="The person's number in Telegram, to answer from the operators' group.")
@click.option("--name", default="", help="The name shown to colleagues.")
@click.option("--level", type=_LEVEL, default=1, show_default=True, help="Line of support.")
@click.option("--capacity", type=_CAPACITY, default=4, show_default=True, help="Conversations at once.")
@by_option
def add(login: str, role: str, telegram: str | None, by: str | None, **values: Any) -> None:
    """Add an operator and print a link, good once within 24 hours, to set the password."""
    config = settings()
    from bot.storage.desk.staff import engage

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        _, token = engage(connection, who, login, Role(role), now, telegram_id=telegram, **values)
    click.echo(_link(config, token))


@operator.command("set")
@click.argument("login")
@click.option("--role", type=_ROLE)
@click.option("--telegram", metavar="ID", help="An empty ID takes it away.")
@click.option("--name")
@click.option("--level", type=_LEVEL)
@click.option("--capacity", type=_CAPACITY)
@click.option(
    "--skill",
    "skills",
    multiple=True,
    metavar="CATEGORY",
    help="A category to be served, may be given several times; empty: all.",
)
@click.option("--active/--inactive", "is_active", default=None, help="Whether the person still works here.")
@click.option("--link", "wants_link", is_flag=True, help="Print a new link to set the password; older ones end.")
@by_option
def set_(
    login: str, telegram: str | None, skills: tuple[str, ...], wants_link: bool, by: str | None, **changes: Any
) -> None:
    """Change an operator; what is not given stays."""
    config = settings()
    from bot.storage.announcements.audience import categories_there_are
    from bot.storage.desk.staff import change_person, renew_link
    from bot.storage.desk.team import skills_of

    given = {name: value for name, value in changes.items() if value is not None}
    if "role" in given:
        given["role"] = Role(given["role"])
    if telegram is not None:
        given["telegram_id"] = telegram.strip() or None
    if not given and not skills and not wants_link:
        raise click.UsageError("nothing to change; see: otklik operator set --help")
    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        profile = change_person(connection, who, login, now, skills or None, **given)
        own, known = skills_of(connection, profile.operator.id), categories_there_are(connection)
        token = renew_link(connection, who, profile, now) if wants_link else None
    click.echo(_line(profile, own))
    if strange := [one for one in own if one not in known]:
        click.echo(
            f"no entry of the FAQ is in the category {', '.join(strange)}; there are: {', '.join(known) or 'none'}",
            err=True,
        )
    if token is not None:
        click.echo(_link(config, token))


@operator.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_(is_json: bool) -> None:
    """Everybody, former operators too."""
    config = settings()
    from bot.storage.desk.team import all_skills
    from bot.storage.operators import list_operators

    with opened_database(config) as engine, engine.connect() as connection:
        profiles, skills = list_operators(connection), all_skills(connection)
    served = [(profile, skills.get(profile.operator.id, ())) for profile in profiles]
    if is_json:
        click.echo(json.dumps([_fields(profile, own) for profile, own in served], ensure_ascii=False))
        return
    for profile, own in served:
        click.echo(_line(profile, own))
    if not profiles:
        click.echo("there are none; add one with: otklik operator add LOGIN --role operator", err=True)


def _link(config: Config, token: str) -> str:
    return f"{config.base_url()}/password/{token}"


def _fields(profile: Profile, skills: Sequence[str]) -> dict[str, Any]:
    """No `skills`: all categories."""
    return {
        "login": profile.operator.login,
        "name": profile.operator.name,
        "role": str(profile.operator.role),
        "level": profile.level,
        "capacity": profile.capacity,
        "skills": list(skills),
        "telegram": profile.telegram_id,
        "presence": str(profile.operator.presence),
        "is_active": profile.is_active,
        "has_password": profile.has_password,
    }


def _line(profile: Profile, skills: Sequence[str]) -> str:
    parts = [
        profile.operator.login,
        profile.operator.name,
        str(profile.operator.role) if profile.is_active else "inactive",
        f"level {profile.level}",
        f"capacity {profile.capacity}",
        f"serves {', '.join(skills)}" if skills else "serves all categories",
        f"telegram {profile.telegram_id}" if profile.telegram_id else "",
    ]
    return " · ".join(part for part in parts if part)
