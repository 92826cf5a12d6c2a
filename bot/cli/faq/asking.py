"""`faq search`, `check` and `evaluate`: what the FAQ makes of questions, and where its entries compete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.faq.ready import Ready, chosen_encoder, progress_bar, ready_faq
from bot.cli.opening import settings

if TYPE_CHECKING:
    from faq.answer import Verdict
    from faq.index import Trace

_FILE = click.Path(dir_okay=False, path_type=Path)
_REASONS = 4
_CANDIDATES = 5


@click.command()
@click.argument("text")
@click.option(
    "--json", "is_json", is_flag=True, help="Print the outcome as JSON, as `match` does, with the candidates."
)
def search(text: str, is_json: bool) -> None:
    """What the bot would make of TEXT, and why."""
    from faq.answer import judge
    from faq.match import describe

    with ready_faq(settings()) as ready:
        policy = ready.policy
        (verdict,) = ready.stock.exceptions.hold([judge(ready.index, text, policy)], ready.index, policy)
        trace = ready.index.trace(text)
    candidates = _explain(trace)
    if is_json:
        line = {"id": None, "text": text, **describe(verdict), "normal": verdict.matches.normal}
        click.echo(json.dumps({**line, "candidates": candidates}, ensure_ascii=False))
        return
    _print(ready, verdict, str(describe(verdict)["decision"]), trace, candidates)


def _explain(trace: Trace) -> list[dict[str, Any]]:
    """The candidates, best first: the features of each, and by how much they are above the mean of all candidates."""
    found = trace.found
    means = found.features.mean(axis=0).tolist() if len(found.features) else []
    return [
        {
            "id": trace.ids[entry],
            "score": round(score, 4),
            "rank": round(float(rank), 4),
            "features": {
                name: {"value": round(float(value), 4), "above": round(float(value) - mean, 4)}
                for name, value, mean in zip(trace.features, features, means, strict=True)
            },
        }
        for entry, score, rank, features in zip(
            found.entries.tolist(), trace.scores, found.ranks, found.features, strict=True
        )
    ][:_CANDIDATES]


def _print(ready: Ready, verdict: Verdict, decision: str, trace: Trace, candidates: list[dict[str, Any]]) -> None:
    click.echo(f"read as    {trace.normal or '(nothing to search for)'}")
    click.echo(f"known      {trace.familiarity:.0%} of its letters are in the FAQ's wordings")
    click.echo(f"decision   {decision}")
    if ready.index.recognise(verdict.matches.text) is not None:
        click.echo("           at sight: the FAQ has these very words, so no search is made")
    reasons = {one["id"]: one["features"] for one in candidates}
    for number, match in enumerate(verdict.matches, 1):
        click.echo(f"{number}. {match.score:6.1%}  {match.entry_id}  {ready.index.entry(match.entry_id).question}")
        if match.phrasing != ready.index.entry(match.entry_id).question:
            click.echo(f"            by the phrasing: {match.phrasing}")
        telling = sorted(reasons.get(match.entry_id, {}).items(), key=lambda pair: -abs(pair[1]["above"]))[:_REASONS]
        if telling:
            shown = [f"{name} {one['value']:.2f} ({one['above']:+.2f})" for name, one in telling]
            click.echo(f"            {', '.join(shown)}")
    if None in (forbidden := ready.stock.exceptions.forbidden(verdict.matches.text)):
        click.echo("these words are not to be answered; see: otklik faq exceptions")
    elif forbidden:
        click.echo(f"not to be answered with {', '.join(map(str, forbidden))}; see: otklik faq exceptions")
    if not ready.stock.entries:
        click.echo("the FAQ has no published entries; add some with: otklik faq import FILE")


@click.command()
@click.option("--faq", "faq_file", type=_FILE, help="Check a file instead of the database.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON list.")
def check(faq_file: Path | None, is_json: bool) -> None:
    """List entries that compete for the same questions, the worst first, each with advice."""
    from faq.index import Index
    from faq.match import load_entries
    from faq.quality.collisions import collisions

    config = settings()
    if faq_file is not None:
        index = Index.build(load_entries(faq_file), encoder=chosen_encoder(config))
    else:
        with ready_faq(config) as ready:
            index = ready.index
    wordings = sum(len(entry.wordings) for entry in index.entries)
    with progress_bar(wordings, "asking", is_hidden=wordings < _SHOWN_FROM) as bar:
        found = collisions(index, progress=bar.update)
    if is_json:
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.entry_id} and {one.other_id}\n    {one.advice}")
    if not found:
        click.echo(f"{len(index)} entries, and no two of them compete", err=True)


_SHOWN_FROM = 500


@click.command()
@click.option("--faq", "faq_file", type=_FILE, required=True, help="A FAQ file of any kind that can be imported.")
@click.option("--queries", type=_FILE, required=True, help='JSONL, {"text": …, "expected": ID or null} a line.')
@click.option("--wish", type=click.FloatRange(50, 100), default=95, show_default=True, help="Right answers, per cent.")
@click.option("--out-of-scope", "scope", type=click.FloatRange(0, 100), help="Per cent of questions no entry answers.")
@click.option("--json", "is_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(faq_file: Path, queries: Path, wish: float, scope: float | None, is_json: bool) -> None:
    """Measure the search on labelled messages; needs no database."""
    from faq.index import Index
    from faq.match import load_entries, read_queries
    from faq.quality.evaluate import evaluate as measure

    config = settings()
    asked = list(read_queries(queries))
    index = Index.build(load_entries(faq_file), encoder=chosen_encoder(config))
    share = scope / 100 if scope is not None else None
    report = measure(index, asked, wished=wish / 100, scope_share=share)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if is_json else report.as_table())


COMMANDS = (search, check, evaluate)
