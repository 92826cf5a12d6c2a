"""`otklik faq …`: files, trying the search, history, and what was learned from use."""

from __future__ import annotations

import click

from bot.cli.faq import asking, files, history, learning


@click.group()
def faq() -> None:
    """What the bot knows."""


for _command in (*files.COMMANDS, *asking.COMMANDS, *history.COMMANDS, *learning.COMMANDS):
    faq.add_command(_command)
