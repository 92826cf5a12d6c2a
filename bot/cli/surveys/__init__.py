"""Commands about surveys, the dissatisfied, reviews and what was changed."""

from bot.cli.surveys import quality, survey

COMMANDS = (*survey.COMMANDS, *quality.COMMANDS)
