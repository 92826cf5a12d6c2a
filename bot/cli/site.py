"""`site add`, `set`, `list` and `remove`: the websites that carry the chat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.website.sites import Site

_ORIGIN_HELP = "Where the chat may be shown, like https://shop.example or https://*.shop.example; may be repeated."
_TEXT_HELP = "Own words: LANGUAGE TITLE, for example ru 'Магазин на связи'."
_POSITION = click.Choice(["left", "right"])


@click.group()
def site() -> None:
    """The websites that carry the chat."""


@site.command()
@click.argument("name")
@click.option("--origin", "origins", multiple=True, required=True, help=_ORIGIN_HELP)
@click.option("--colour", help="Like #0a7d5a.")
@click.option("--position", type=_POSITION, help="Where the button stands.")
@click.option("--title", "titles", multiple=True, type=(str, str), help=_TEXT_HELP)
@click.option("--greeting", "greetings", multiple=True, type=(str, str), help="Own first words: LANGUAGE TEXT.")
@by_option
def add(name: str, origins: tuple[str, ...], by: str | None, **look: Any) -> None:
    """Add a website; prints what to put into its pages, and the secret it signs its customers with."""
    config = settings()
    from bot.storage.desk.changes import record_site
    from bot.storage.website.sites import add_site

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        made = add_site(connection, name, origins, _look(look), now)
        record_site(connection, who, "site.added", made, now)
    click.echo(_snippet(config, made))
    click.echo(f"secret, for the site's server only: {made.secret}")


@site.command("set")
@click.argument("key")
@click.option("--name")
@click.option("--origin", "origins", multiple=True, help=f"{_ORIGIN_HELP} Replaces all there were.")
@click.option("--colour", help="Like #0a7d5a.")
@click.option("--position", type=_POSITION)
@click.option("--title", "titles", multiple=True, type=(str, str), help=_TEXT_HELP)
@click.option("--greeting", "greetings", multiple=True, type=(str, str), help="Own first words: LANGUAGE TEXT.")
@click.option("--active/--inactive", "is_active", default=None, help="Whether the chat is shown there.")
@click.option("--new-secret", is_flag=True, help="What was signed with the old one is refused from now on.")
@by_option
def set_(
    key: str,
    name: str | None,
    origins: tuple[str, ...],
    is_active: bool | None,
    new_secret: bool,
    by: str | None,
    **look: Any,
) -> None:
    """Change a website; what is not given stays."""
    config = settings()
    from bot.storage.desk.changes import record_site
    from bot.storage.website.sites import change_site

    chosen, now = _look(look), SystemClock().now()
    is_changed = bool(name or origins or chosen) or is_active is not None
    if not (is_changed or new_secret):
        raise click.UsageError("nothing to change; see: otklik site set --help")
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        changed = change_site(
            connection,
            key,
            name=name,
            origins=origins or None,
            look=chosen or None,
            is_active=is_active,
            with_new_secret=new_secret,
        )
        if is_changed:
            record_site(connection, who, "site.changed", changed, now)
        if new_secret:
            record_site(connection, who, "site.secret", changed, now)
    click.echo(_line(changed))
    if new_secret:
        click.echo(f"secret, for the site's server only: {changed.secret}")


@site.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list, without the secrets.")
def list_(is_json: bool) -> None:
    """Every website, with what to put into its pages."""
    config = settings()
    from bot.storage.website.sites import list_sites

    with opened_database(config) as engine, engine.connect() as connection:
        found = list_sites(connection)
    if is_json:
        click.echo(json.dumps([_fields(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
        click.echo(f"    {_snippet(config, one)}")
    if not found:
        click.echo("there are none; add one with: otklik site add NAME --origin https://your.site", err=True)


@site.command()
@click.argument("key")
@by_option
def remove(key: str, by: str | None) -> None:
    """Forget a website; the conversations with its visitors stay."""
    config = settings()
    from bot.storage.desk.changes import record_site
    from bot.storage.website.sites import find_site, remove_site

    with opened_database(config) as engine, engine.begin() as connection:
        who, gone = signed(connection, by), find_site(connection, key)
        remove_site(connection, key)
        record_site(connection, who, "site.removed", gone, SystemClock().now())


def _look(given: dict[str, Any]) -> dict[str, Any]:
    texts: dict[str, dict[str, str]] = {}
    for name in ("title", "greeting"):
        for language, said in given[f"{name}s"]:
            texts.setdefault(language, {})[name] = said
    look = {"colour": given["colour"], "position": given["position"], "texts": texts}
    return {key: value for key, value in look.items() if value}


def _snippet(config: Config, of: Site) -> str:
    base = config.base_url()
    side = ' data-position="left"' if of.position == "left" else ""
    return f'<script defer src="{base}/widget.js" data-key="{of.key}"{side}></script>'


def _fields(of: Site) -> dict[str, Any]:
    return {
        "key": of.key,
        "name": of.name,
        "origins": list(of.origins),
        "colour": of.colour,
        "position": of.position,
        "texts": of.texts,
        "is_active": of.is_active,
    }


def _line(of: Site) -> str:
    state = "" if of.is_active else " · inactive"
    return f"{of.key} · {of.name} · {' '.join(of.origins)}{state}"
