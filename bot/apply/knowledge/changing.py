"""An admin's change of the FAQ from the operators' group: done, said where it was asked, and written down."""

from __future__ import annotations

from collections.abc import Mapping

from bot.apply.act_steps import record
from bot.apply.desk_steps import post_aside
from bot.apply.work import Work
from bot.decide.acts.asking import TELEGRAM
from bot.decide.faq.showing import show_differences
from bot.decide.steps import Aside, Choice
from bot.decide.steps.acts import ChangeFaq, Outcome, Record
from bot.decide.words import guess_language
from bot.knowledge import editing
from bot.knowledge.editing import By, Edited
from bot.storage.entries import numbered_entries
from bot.storage.knowledge.revisions import history_of, last_revision
from core.errors import Conflict, InvalidInput, NotFound
from core.text import Text
from faq.editor.acts import FaultyEntry, columns_of, differences
from faq.formats.rows import Value

_FAULTS = frozenset({"id", "category", "question", "answer", "phrasings", "language", "valid_until"})


def change_faq(step: ChangeFaq, work: Work) -> None:
    """What cannot be done is said with its reason, and nothing is changed."""
    try:
        edited = _do(step, work)
    except InvalidInput as error:
        return _end(step, work, Aside(step.topic, _fault(error), step.reply_to), Outcome.REFUSED)
    except Conflict as error:
        key = "desk.faq.back_late" if step.verb == "back" else "desk.faq.faulty"
        return _end(step, work, Aside(step.topic, Text(key, {"why": error.text}), step.reply_to), Outcome.REFUSED)
    except NotFound:
        return _end(step, work, Aside(step.topic, Text("desk.faq.gone"), step.reply_to), Outcome.REFUSED)
    return _end(step, work, _told(step, edited, work), Outcome.DONE, edited.entry.id)


def _do(step: ChangeFaq, work: Work) -> Edited:
    connection, by, now = work.connection, By(step.login, TELEGRAM), work.now
    match step.verb:
        case "add":
            values = {"language": _language(step.values, work), **step.values}
            known = values.get("phrasings") or ()
            wordings = known if isinstance(known, tuple) else (known,)
            return editing.add_entry(connection, {**values, "phrasings": (*wordings, *step.more)}, by, now)
        case "edit":
            return editing.edit_entry(connection, step.key, _changed(step, work), by, now)
        case "publish":
            return editing.publish_entry(connection, step.key, by, now)
        case "archive":
            return editing.archive_entry(connection, step.key, by, now)
        case _:
            before, made = step.revisions
            if last_revision(connection, step.key) != made:
                raise Conflict("it was changed again since")
            return editing.roll_back(connection, step.key, before, by, now)


def _language(values: Mapping[str, Value], work: Work) -> str:
    """What the new entry is written in; the installation's own language if its words do not tell."""
    return guess_language(f"{values.get('question') or ''}\n{values.get('answer') or ''}") or work.setup.language


def _changed(step: ChangeFaq, work: Work) -> dict[str, Value]:
    """The columns named, with the wordings to be added behind those there are."""
    values = dict(step.values)
    if step.more:
        known = values.get("phrasings", columns_of(editing.find_entry(work.connection, step.key))["phrasings"]) or ()
        wordings = known if isinstance(known, tuple) else (known,)
        values["phrasings"] = (*wordings, *(one for one in step.more if one not in wordings))
    return values


def _told(step: ChangeFaq, edited: Edited, work: Work) -> Aside:
    entry, names = edited.entry, {"question": edited.entry.question, "id": edited.entry.id}
    if not edited.is_changed:
        return Aside(step.topic, Text("desk.faq.unchanged", names), step.reply_to)
    number = str(next(number for number, one in numbered_entries(work.connection) if one.id == entry.id))
    if step.verb == "add":
        lines = [Text("desk.faq.added", names)]
        if step.like is not None:
            known = step.like.entry
            lines.append(Text("desk.faq.like", {"question": known.question, "id": known.id}))
        publish, show = Text("desk.faq.button.publish"), Text("desk.faq.button.show")
        return Aside(
            step.topic,
            tuple(lines),
            step.reply_to,
            ((Choice(publish, "publish", number), Choice(show, "show", number)),),
        )
    history = history_of(work.connection, entry.id)
    before = history[1] if len(history) > 1 else None
    lines = [Text(f"desk.faq.done.{step.verb}", names)]
    if step.verb in ("edit", "back"):
        lines += show_differences(differences(before.entry if before is not None else None, entry))
    back = Choice(Text("desk.faq.button.back"), "back", f"{before.id}-{edited.revision_id}") if before else None
    return Aside(step.topic, tuple(lines), step.reply_to, ((back,),) if back is not None else ())


def _fault(error: InvalidInput) -> Text:
    """The first fault of a column in the words of the desk; any other as it is."""
    if not isinstance(error, FaultyEntry):
        return Text("desk.faq.faulty", {"why": error.text})
    first = error.faults[0]
    known = first.column in _FAULTS
    return Text(f"desk.faq.fault.{first.column}") if known else Text("desk.faq.faulty", {"why": first.why})


def _end(step: ChangeFaq, work: Work, told: Aside, outcome: Outcome, key: str = "") -> None:
    post_aside(work, told)
    answer = told.text[0] if isinstance(told.text, tuple) else told.text
    detail = {"entry": key or step.key} if key or step.key else {}
    record(Record(step.operator_id, TELEGRAM, f"faq_{step.verb}", outcome, answer, detail), work)
