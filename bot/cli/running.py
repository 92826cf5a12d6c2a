"""`run`, `chat` and `migrate`."""

from __future__ import annotations

import asyncio

import click

from bot.cli.opening import opened_database, settings


@click.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all", show_default=True)
def run(role: str) -> int:
    """Run the bot: every channel that has its settings, the web server and the workers."""
    config = settings(is_service=True)
    from bot import app

    return asyncio.run(app.run(config, role))


@click.command()
@click.option("--name", default="", help="The customer's name.")
def chat(name: str) -> int:
    """Talk to the bot here in the terminal; needs no token."""
    config = settings()
    from bot import app

    return asyncio.run(app.chat(config, name))


@click.command()
@click.option("--down", is_flag=True, help="Go one version back; what only the newer one can hold is deleted.")
def migrate(down: bool) -> None:
    """Bring the database's tables to this program's version."""
    config = settings()
    from bot.storage.migrate import migrate_down, migrate_up

    with opened_database(config, is_migrated=False) as engine:
        version = migrate_down(engine) if down else migrate_up(engine)
    click.echo(f"the database has version {version}" if version else "the database has no tables of Otklik any more")


COMMANDS = (run, chat, migrate)
