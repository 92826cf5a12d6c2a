"""`faq gaps`, `suggestions`, `approve`, `reject`, `undo`, `except`, `exceptions` and `refit`: learning from use."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from bot.cli.faq.ready import ready_faq
from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knowledge.gaps import Gap
    from bot.storage.knowledge.suggestions import Suggestion

_NUMBER = click.IntRange(min=1)
_json_option = click.option("--json", "is_json", is_flag=True, help="Print the outcome as JSON.")


@click.command()
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look back.")
@_json_option
def gaps(days: int, is_json: bool) -> None:
    """What customers asked and the bot could not help with, like questions together, the most asked first."""
    from bot.knowledge.gaps import find_gaps

    now = SystemClock().now()
    with ready_faq(settings()) as ready, ready.engine.connect() as connection:
        found = find_gaps(connection, ready.index, now - timedelta(days=days))
    if is_json:
        click.echo(json.dumps([_gap_fields(gap) for gap in found], ensure_ascii=False))
        return
    for gap in found:
        near = f"  nearest: {gap.nearest.entry_id} ({gap.nearest.score:.0%})" if gap.nearest else ""
        click.echo(f"{gap.count:4} ×  {gap.question}{near}")
        for sample in gap.samples:
            click.echo(f"          {sample}")
    if not found:
        click.echo(f"nothing in the last {days} days", err=True)


def _gap_fields(gap: Gap) -> dict[str, Any]:
    return {**asdict(gap), "last_at": gap.last_at.isoformat()}


@click.command()
@click.option("--all", "is_all", is_flag=True, help="Those that were decided on, too.")
@_json_option
def suggestions(is_all: bool, is_json: bool) -> None:
    """Look through what customers and operators did, and list what the FAQ could learn from it."""
    from bot.knowledge.learning import find_proposals
    from bot.storage.knowledge.suggestions import SuggestionState, list_suggestions, store_proposals

    now = SystemClock().now()
    with ready_faq(settings(), is_light=True) as ready:
        with ready.engine.connect() as connection:
            proposals = find_proposals(connection, ready.index, now)
        with ready.engine.begin() as connection:
            store_proposals(connection, proposals, now)
            found = list_suggestions(connection, None if is_all else SuggestionState.OPEN)
    if is_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("there is nothing to decide on", err=True)


@click.command()
@click.argument("numbers", metavar="ID...", type=_NUMBER, nargs=-1, required=True)
@by_option
def approve(numbers: tuple[int, ...], by: str | None) -> None:
    """Do what suggestions propose; a new entry becomes a draft. Several are taken all or not at all."""
    from bot.knowledge import learning

    _decide(numbers, by, "faq_approve", learning.approve)


@click.command()
@click.argument("numbers", metavar="ID...", type=_NUMBER, nargs=-1, required=True)
@by_option
def reject(numbers: tuple[int, ...], by: str | None) -> None:
    """Never propose these again."""
    from bot.knowledge import learning

    _decide(numbers, by, "faq_reject", learning.reject)


@click.command()
@click.argument("numbers", metavar="ID...", type=_NUMBER, nargs=-1, required=True)
@by_option
def undo(numbers: tuple[int, ...], by: str | None) -> None:
    """Take back what was decided on suggestions, with what approving them made."""
    from bot.knowledge import learning

    _decide(numbers, by, "faq_undo", learning.undo)


def _decide(numbers: tuple[int, ...], by: str | None, act: str, decide: Callable[..., Suggestion]) -> None:
    from bot.knowledge.recording import by_whom, record_decision
    from bot.storage.knowledge.suggestions import find_suggestion

    config, now = settings(), SystemClock().now()
    decided: list[Suggestion] = []
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        for number in dict.fromkeys(numbers):
            before = find_suggestion(connection, number)
            decided.append(decide(connection, number, by_whom(who), now))
            record_decision(connection, who, act, before, decided[-1], now)
    for one in decided:
        click.echo(_line(one))


@click.command("except")
@click.argument("text")
@click.option("--entry", "entry_id", metavar="ID", default="", help="Not with this entry; default: with none.")
@by_option
def except_(text: str, entry_id: str, by: str | None) -> None:
    """Never answer TEXT (with any entry, or with one): those words are for people, or not for you at all."""
    from bot.knowledge.learning import add_exception
    from bot.knowledge.recording import by_whom, record_exceptions
    from bot.storage.entries import find_entry
    from bot.storage.knowledge.suggestions import list_exceptions

    config, now = settings(), SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        if entry_id:
            find_entry(connection, entry_id)
        who, known = signed(connection, by), {one.id for one in list_exceptions(connection)}
        number = add_exception(connection, text, entry_id, by_whom(who), now)
        record_exceptions(connection, who, "faq_ignore", [number] if number not in known else [], now)
    click.echo(f"exception {number}; take it back with: otklik faq exceptions --end {number}")


@click.command()
@click.option("--end", "number", type=_NUMBER, help="Take this one back.")
@by_option
@_json_option
def exceptions(number: int | None, by: str | None, is_json: bool) -> None:
    """Words that are not answered."""
    from bot.knowledge.learning import end_exception
    from bot.knowledge.recording import record_exceptions
    from bot.storage.knowledge.suggestions import list_exceptions

    config, now = settings(), SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        if number is not None:
            end_exception(connection, number, now)
            record_exceptions(connection, signed(connection, by), "faq_heed", [number], now)
        found = list_exceptions(connection)
    if is_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(f"{one.id:4}  {one.text}  (not with {one.entry_id})" if one.entry_id else f"{one.id:4}  {one.text}")
    if not found:
        click.echo("there are none", err=True)


@click.command()
@click.option("--undo", "is_undone", is_flag=True, help="Take the last correction back.")
@by_option
@_json_option
def refit(is_undone: bool, by: str | None, is_json: bool) -> None:
    """Fit the confidence to what customers said here; used only where it proves better on questions it has not seen."""
    config, now = settings(), SystemClock().now()
    outcome = _undo_fit(config, by, now) if is_undone else _fit(config, by, now)
    if is_json:
        click.echo(json.dumps(outcome, ensure_ascii=False))
        return
    if outcome.get("figures"):
        click.echo(_FIGURES.format(**{"by": "line", **outcome["figures"]}))
    click.echo(outcome["text"])


_FIGURES = (
    "{samples} outcomes; log loss {loss_before} → {loss_after}, "
    "calibration error {error_before} → {error_after} (by {by})"
)


def _fit(config: Any, by: str | None, now: Any) -> dict[str, Any]:
    from bot.knowledge import learning
    from bot.knowledge.recording import record_correction

    with ready_faq(config) as ready:
        with ready.engine.connect() as connection:
            fitted = learning.fit(connection, ready.index, now)
        with ready.engine.begin() as connection:
            who, number = signed(connection, by), learning.use_fit(connection, fitted, now)
            if number is not None:
                record_correction(connection, who, "faq_refit", number, now)
    figures = fitted.figures.as_json() if fitted.figures is not None else None
    if number is None:
        return {"version": None, "figures": figures, "text": f"the confidence stays as it is: {fitted.reason}"}
    text = f"version {number} of the confidence is in use; take it back with: otklik faq refit --undo"
    return {"version": number, "figures": figures, "text": text}


def _undo_fit(config: Any, by: str | None, now: Any) -> dict[str, Any]:
    from bot.knowledge import learning
    from bot.knowledge.recording import record_correction

    with opened_database(config) as engine, engine.begin() as connection:
        before = learning.undo_fit(connection, now)
        version = before.id if before is not None else None
        record_correction(connection, signed(connection, by), "faq_refit_undo", version, now)
    if before is None:
        return {"version": None, "figures": None, "text": "the confidence is as it was shipped"}
    return {"version": before.id, "figures": before.figures, "text": f"version {before.id} is in use again"}


def _line(one: Suggestion) -> str:
    """One suggestion; how many conversations speak for it, and what it would do."""
    does = {
        "phrasing": f"teach {one.entry_id}: {one.text}",
        "exception": f"never answer with {one.entry_id}: {one.text}",
        "entry": f"new entry: {one.text}  →  {' '.join(one.answer.split())[:80]}",
    }[one.kind]
    state = "" if one.state == "open" else f"  [{one.state}{f' by {one.decided_by}' if one.decided_by else ''}]"
    return f"{one.id:4}  {one.count} ×  {does}{state}"


COMMANDS = (gaps, suggestions, approve, reject, undo, except_, exceptions, refit)
