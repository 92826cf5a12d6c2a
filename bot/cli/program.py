"""The program: its commands, and how every failure ends in one line on standard error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from bot.cli import backup, customer, doctor, faq, operator, running, site
from bot.cli.service import rule, setting
from bot.cli.surveys import quality, report, survey
from core.errors import OtklikError

log = logging.getLogger(__name__)

_FAILED, _INTERRUPTED = 1, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="otklik", message="%(prog)s %(version)s")
def program() -> None:
    """Otklik, a self-hosted support desk: Telegram, VK and your website."""


for _command in (
    *running.COMMANDS,
    customer.customer,
    doctor.doctor,
    faq.faq,
    operator.operator,
    report.report,
    rule.rule,
    *survey.COMMANDS,
    *quality.COMMANDS,
    setting.setting,
    site.site,
    *backup.COMMANDS,
):
    program.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave with its code: 0, 1 for what failed, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = program.main(args=arguments, prog_name="otklik", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx is not None else "otklik"
        return _fail(f"{error.format_message()} See: {command} --help", error.exit_code)
    except click.ClickException as error:
        return _fail(error.format_message())
    except OtklikError as error:
        return _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; nobody is left to be told
        return _FAILED
    except Exception as error:
        log.debug("the command failed", exc_info=True)
        return _fail(_explain(error))
    return code if isinstance(code, int) else 0


def _fail(text: str, code: int = _FAILED) -> int:
    click.echo(f"otklik: {' '.join(text.split())}", err=True)
    return code


def _explain(error: Exception) -> str:
    from bot.logs import scrub

    if _is_database_trouble(error):
        reason = str(getattr(error, "orig", error)).strip().split("\n")[0]
        return scrub(f"the database cannot be used: {reason}; check OTKLIK_DATABASE_URL and that the server runs")
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the system'}: {error.strerror}; check the path and its rights"
    return f"unexpected {type(error).__name__}; run again with OTKLIK_LOG_LEVEL=debug to see the details"


def _is_database_trouble(error: Any) -> bool:
    if "sqlalchemy" not in sys.modules:
        return False
    from sqlalchemy.exc import DBAPIError

    return isinstance(error, DBAPIError)
