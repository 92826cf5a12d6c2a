"""`doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.opening import settings
from core.errors import InvalidInput
from core.finding import Finding, tell

if TYPE_CHECKING:
    from bot.config import Config

_COLOURS = {"ok": "green", "warning": "yellow", "fatal": "red"}


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print the findings as JSON.")
def doctor(is_json: bool) -> int:
    """Check settings, database, clock, channels and what went wrong lately; exit 1 if anything is fatal."""
    try:
        config = settings()
    except InvalidInput as error:
        findings = [Finding("fatal", "settings", "settings_unfit", {"why": error})]
    else:
        findings = asyncio.run(_examine(config))
    is_fatal = any(finding.level == "fatal" for finding in findings)
    if is_json:
        shown = [tell(finding, "en")._asdict() for finding in findings]
        click.echo(json.dumps({"ok": not is_fatal, "findings": shown}, ensure_ascii=False))
    else:
        _print(findings)
    return int(is_fatal)


async def _examine(config: Config) -> list[Finding]:
    from bot import app
    from bot.config import unknown_settings
    from bot.doctor import examine

    return await examine(config, unknown_settings(), app.open_channels)


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        click.echo(
            f"{click.style(f'{finding.level:<8}', fg=_COLOURS[finding.level])} {finding.subject}: {finding.text}"
        )
        if finding.remedy and finding.level != "ok":
            click.echo(f"         → {finding.remedy}")
