"""The command line; `main` is the console script `otklik`."""

from bot.cli.program import main

__all__ = ["main"]
