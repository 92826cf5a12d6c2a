"""What customers are asked: surveys with their questions, whom and when; how often at most; tried before they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.admin.survey_form import NAMES, Fields, empty_fields, fields_of, write_raw
from bot.console.pages.facts import script_facts
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage.desk.changes import record_setting, record_survey, record_switch
from bot.storage.live.events import note_event
from bot.storage.service.settings import change_setting, load_settings
from bot.storage.surveys.questionnaires import StoredSurvey, keep_survey, list_surveys, switch
from core.errors import FaultyValue, InvalidInput, NotFound
from core.text import LANGUAGES, Text, render
from surveys.asking import write_limits
from surveys.form import builtin, find_builtin, read_survey
from surveys.survey import Kind, Occasion, Question, Survey

_LIMITS = ("most", "within_days", "apart_days", "quiet_from", "quiet_to")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the dialogue as the customer sees it. `condition`: the place of an earlier one, and its range."""

    question: Question
    words: str
    condition: tuple[int, int, int] | None


async def show_surveys(visit: Visit) -> web.StreamResponse:
    return await _list(visit)


async def save_limits(visit: Visit) -> web.StreamResponse:
    """How often a customer is asked, over all surveys."""
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.who
    typed = {name: visit.text(form, name, 10) for name in _LIMITS}
    counts = bool(form.get("counts_closing"))
    raw: dict[str, Any] = {**typed, "counts_closing": counts}
    raw |= {name: typed[name].replace(",", ".") for name in ("within_days", "apart_days")}
    try:
        SURVEY_LIMITS.check(raw)

        def work(connection: Any) -> None:
            stored = change_setting(connection, SURVEY_LIMITS.key, raw, who.login, now)
            record_setting(connection, who, SURVEY_LIMITS.key, stored, now)
            note_event(connection, "settings.updated")

        await visit.ground.database.write(work)
    except FaultyValue as fault:
        said = f"{visit.word('settings.unfit')} {render(fault.why, visit.language)}"
        return await _list(visit, {**typed, "counts_closing": counts}, said)
    return visit.go("/settings/surveys", "said.saved")


async def use(visit: Visit) -> web.StreamResponse:
    """One that comes with Otklik."""
    new = find_builtin(visit.text(await visit.form(), "key", 32))
    now = visit.ground.clock.now()

    def work(connection: Any) -> None:
        record_survey(connection, visit.who, keep_survey(connection, new, now), now)

    await visit.ground.database.write(work)
    return visit.go("/settings/surveys", "said.saved")


async def turn(visit: Visit) -> web.StreamResponse:
    """Ask it, or pause it; what was asked already may still be answered."""
    form, now = await visit.form(), visit.ground.clock.now()
    key, is_active = visit.text(form, "key", 32), bool(form.get("on"))

    def work(connection: Any) -> None:
        switch(connection, key, is_active=is_active, now=now)
        record_switch(connection, visit.who, key, now, is_active=is_active)

    await visit.ground.database.write(work)
    return visit.go("/settings/surveys", "said.saved")


async def show_survey(visit: Visit) -> web.StreamResponse:
    """The newest version of the one named, or an empty form."""
    key = visit.request.query.get("key", "")
    if not key:
        return await _one(visit, empty_fields(), None)
    last = await _last(visit, key)
    if last is None:
        raise NotFound("error.no_survey")
    return await _one(visit, fields_of(last.survey), last, last.survey)


async def preview(visit: Visit) -> web.StreamResponse:
    """Nothing is saved, nobody is asked."""
    fields, last = await _typed(visit)
    try:
        return await _one(visit, fields, last, read_survey(fields["key"], write_raw(fields)), is_tried=True)
    except InvalidInput as error:
        return await _one(visit, fields, last, error=_fault(visit, error))


async def save(visit: Visit) -> web.StreamResponse:
    """Into use, or as it was when it was paused; a change that would mix answers is a new version, once agreed to."""
    fields, last = await _typed(visit)
    form, now = await visit.form(), visit.ground.clock.now()
    try:
        if last is None and fields["key"] in builtin():
            raise InvalidInput("surveys.key_taken")
        new = read_survey(fields["key"], write_raw(fields))
    except InvalidInput as error:
        return await _one(visit, fields, last, error=_fault(visit, error))
    if last is not None and last.invitations and not new.has_same_scale(last.survey) and not form.get("new_version"):
        return await _one(visit, fields, last, new, starts_version=True)

    def work(connection: Any) -> None:
        kept = keep_survey(connection, new, now)
        if last is not None and not last.is_active:
            switch(connection, kept.key, is_active=False, now=now)
        record_survey(connection, visit.who, kept, now)

    await visit.ground.database.write(work)
    return visit.go(f"/settings/surveys/edit?key={new.key}", "said.saved")


def _fault(visit: Visit, error: InvalidInput) -> str:
    """With the number of the question, which has no other name in the form."""
    words = visit.console.renderer.words(visit.language)
    if not isinstance(error, FaultyValue):
        return words.say(str(error))
    is_question = error.place[:1] == ("questions",) and len(error.place) > 1
    start = f"{words.say('surveys.question', number=error.place[1])}:" if is_question else words.say("surveys.unfit")
    return f"{start} {render(error.why, visit.language)}"


async def _typed(visit: Visit) -> tuple[Fields, StoredSurvey | None]:
    form = await visit.form()
    fields = {name: visit.text(form, name, 2000) for name in NAMES}
    is_new = bool(form.get("is_new"))
    last = await _last(visit, fields["key"])
    if is_new and last is not None:
        raise InvalidInput("surveys.key_taken")
    if not is_new and last is None:
        raise NotFound("error.no_survey")
    return fields, last


async def _last(visit: Visit, key: str) -> StoredSurvey | None:
    stored = await visit.ground.database.read(list_surveys)
    return next((one for one in reversed(stored) if one.survey.key == key), None)


def _dialogue(survey: Survey, visit: Visit, language: str) -> list[Asked]:
    """The closing question alone is asked in the words of the catalogue."""
    places = {one.key: place for place, one in enumerate(survey.questions, 1)}
    is_usual = survey.key == "csi" and len(survey.questions) == 1
    asked = []
    for one in survey.questions:
        own = one.in_language(language)
        words = render(Text("csi.ask"), language, visit.ground.wording()) if is_usual else own
        condition = one.only_if
        only_if = (places[condition.question], condition.lowest, condition.highest) if condition is not None else None
        asked.append(Asked(one, words, only_if))
    return asked


def _thanks(survey: Survey, visit: Visit, language: str) -> str:
    key = "csi.thanks" if survey.key == "csi" else "survey.thanks"
    return render(Text(key, {"score": survey.main.highest}), language, visit.ground.wording())


async def _list(visit: Visit, typed: Mapping[str, Any] | None = None, error: str = "") -> web.StreamResponse:
    def work(connection: Any) -> tuple[list[StoredSurvey], Any]:
        return list_surveys(connection), load_settings(connection)

    stored, settings = await visit.ground.database.read(work)
    newest = {one.survey.key: one for one in stored}
    older: dict[str, list[StoredSurvey]] = {}
    for one in stored:
        if one is not newest[one.survey.key]:
            older.setdefault(one.survey.key, []).append(one)
    return visit.page(
        "admin/surveys.html",
        422 if error else 200,
        script=await script_facts(visit),
        surveys=list(newest.values()),
        older=older,
        others=[one for key, one in builtin().items() if key not in newest],
        limits=typed or write_limits(settings[SURVEY_LIMITS]),
        error=error,
        language=visit.language,
    )


async def _one(
    visit: Visit,
    fields: Fields,
    last: StoredSurvey | None,
    survey: Survey | None = None,
    *,
    error: str = "",
    is_tried: bool = False,
    starts_version: bool = False,
) -> web.StreamResponse:
    dialogues = {one: _dialogue(survey, visit, one) for one in LANGUAGES} if survey is not None else {}
    ends = {one: _thanks(survey, visit, one) for one in LANGUAGES} if survey is not None else {}
    return visit.page(
        "admin/survey.html",
        422 if error else 409 if starts_version else 200,
        script=await script_facts(visit),
        fields=fields,
        last=last,
        dialogues=dialogues,
        ends=ends,
        is_usual=survey is not None and survey.key == "csi" and len(survey.questions) == 1,
        error=error,
        is_tried=is_tried,
        starts_version=starts_version,
        kinds=list(Kind),
        occasions=list(Occasion),
    )
