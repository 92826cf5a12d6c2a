"""Announcements: written, looked at with the number of people they reach, sent or said first, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.settings.service import ANNOUNCEMENTS_PER_MINUTE
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage.announcements import audience as people
from bot.storage.announcements import keeping
from bot.storage.announcements.audience import Reach
from bot.storage.announcements.telling import Results, results_of
from bot.storage.desk.audit import record_change
from bot.storage.service.settings import load_settings
from core.errors import Conflict, InvalidInput, NotFound
from core.text import LANGUAGES, Text, render
from handoff.announcement import MOST_WORDS, SENDABLE, Announcement, Audience, State, read_words
from surveys.survey import REASONS

DAYS = (1, 7, 30, 90, 365)
SPANS = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "1d": timedelta(days=1), "7d": timedelta(days=7)}
_BUTTONS = ("button.no_news", "button.operator")
_EMPTY: Mapping[str, Any] = {"words": {}, "audience": Audience(), "is_urgent": False}


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one announcement: whom it would reach now, what came of it, and how long the rest takes in minutes."""

    about: Announcement
    reach: Reach
    results: Results
    minutes: int
    is_held: bool  # by quiet hours


async def show_list(visit: Visit) -> web.StreamResponse:
    def work(connection: Any) -> list[tuple[Announcement, Results]]:
        return [(one, results_of(connection, one.id)) for one in keeping.list_announcements(connection)]

    found = await visit.ground.database.read(work)
    now = visit.ground.clock.now()
    return visit.page("admin/announcements.html", script=await script_facts(visit), announcements=found, moment=now)


async def show_new(visit: Visit) -> web.StreamResponse:
    """Empty, or with the words and audience of an earlier one."""
    of = visit.request.query.get("of", "")
    if not (of.isdecimal() and len(of) < 16):
        return await _form(visit, _EMPTY)
    return await _form(visit, _values(await _find(visit, int(of))))


async def save_new(visit: Visit) -> web.StreamResponse:
    form, now = await visit.form(), visit.ground.clock.now()
    values = _typed(visit, form)
    try:
        words = read_words(values["words"], LANGUAGES)
    except InvalidInput as error:
        return await _form(visit, values, error=error.told(visit.language))

    def work(connection: Any) -> int:
        audience, urgent = values["audience"], values["is_urgent"]
        number = keeping.add_announcement(connection, words, audience, visit.operator.id, now, is_urgent=urgent)
        _note(connection, visit, "announcement.added", number)
        return number

    number = await visit.ground.database.write(work)
    return visit.go(f"/settings/announcements/{number}", "said.saved")


async def show_one(visit: Visit) -> web.StreamResponse:
    return await _page(visit)


async def show_edit(visit: Visit) -> web.StreamResponse:
    about = await _find(visit, visit.number("number"))
    return await _form(visit, _values(about), about)


async def save(visit: Visit) -> web.StreamResponse:
    number, form, now = visit.number("number"), await visit.form(), visit.ground.clock.now()
    values = _typed(visit, form)
    try:
        words = read_words(values["words"], LANGUAGES)
    except InvalidInput as error:
        return await _form(visit, values, await _find(visit, number), error.told(visit.language))

    def work(connection: Any) -> None:
        urgent = values["is_urgent"]
        keeping.change_announcement(connection, number, words, values["audience"], now, is_urgent=urgent)
        _note(connection, visit, "announcement.changed", number)

    await _write(visit, work, "announce.told_already")
    return visit.go(f"/settings/announcements/{number}", "said.saved")


async def send(visit: Visit) -> web.StreamResponse:
    """Now, or at the moment given on the company's clock; to nobody it is not sent."""
    number, form, now = visit.number("number"), await visit.form(), visit.ground.clock.now()
    at = now
    if form.get("when") == "later":
        typed = visit.text(form, "at", 32)
        try:
            at = datetime.fromisoformat(typed).replace(tzinfo=visit.ground.zone)
        except ValueError:
            return await _page(visit, "announce.when")
        if at < now:
            return await _page(visit, "announce.past")
    facts = await _facts(visit, number)
    if facts.about.state not in SENDABLE:
        raise Conflict("announce.moved")
    if not facts.reach.total:
        return await _page(visit, "announce.nobody")

    def work(connection: Any) -> None:
        keeping.schedule(connection, number, at, now)
        _note(connection, visit, "announcement.sent", number, people=facts.reach.total)

    await _write(visit, work)
    return visit.go(f"/settings/announcements/{number}", "said.sending" if at <= now else "said.scheduled")


async def stop(visit: Visit) -> web.StreamResponse:
    number, now = visit.number("number"), visit.ground.clock.now()
    return await _change(visit, "announcement.stopped", "said.stopped", lambda c: keeping.stop(c, number, now))


async def say(visit: Visit) -> web.StreamResponse:
    """First to everybody who writes, for a while."""
    number, form, now = visit.number("number"), await visit.form(), visit.ground.clock.now()
    span = SPANS.get(str(form.get("span", "")))
    if span is None:
        raise InvalidInput("error.unreadable")
    said = "said.said_first"
    return await _change(visit, "announcement.said", said, lambda c: keeping.say_until(c, number, now + span, now))


async def hush(visit: Visit) -> web.StreamResponse:
    number, now = visit.number("number"), visit.ground.clock.now()
    return await _change(visit, "announcement.hushed", "said.hushed", lambda c: keeping.say_until(c, number, now, now))


async def remove(visit: Visit) -> web.StreamResponse:
    number = visit.number("number")

    def work(connection: Any) -> None:
        keeping.remove_announcement(connection, number)
        _note(connection, visit, "announcement.removed", number)

    await _write(visit, work, "announce.told_already")
    return visit.go("/settings/announcements", "said.dropped")


async def _change(visit: Visit, act: str, said: str, change: Callable[[Any], None]) -> web.Response:
    number = visit.number("number")

    def work(connection: Any) -> None:
        change(connection)
        _note(connection, visit, act, number)

    await _write(visit, work)
    return visit.go(f"/settings/announcements/{number}", said)


def _note(connection: Any, visit: Visit, act: str, number: int, **detail: Any) -> None:
    record_change(connection, visit.who, act, visit.ground.clock.now(), announcement=number, **detail)


async def _write(visit: Visit, work: Callable[[Any], None], conflict: str = "announce.moved") -> None:
    """What cannot be done is told in the operator's language."""
    try:
        await visit.ground.database.write(work)
    except Conflict:
        raise Conflict(conflict) from None
    except NotFound:
        raise NotFound("announce.gone") from None


async def _find(visit: Visit, number: int) -> Announcement:
    try:
        return await visit.ground.database.read(lambda connection: keeping.find_announcement(connection, number))
    except NotFound:
        raise NotFound("announce.gone") from None


def _values(about: Announcement) -> dict[str, Any]:
    return {"words": about.words, "audience": about.audience, "is_urgent": about.is_urgent}


def _typed(visit: Visit, form: Any) -> dict[str, Any]:
    days = str(form.get("days", ""))
    channels = [str(one)[:32] for one in form.getall("channels", [])] if hasattr(form, "getall") else []
    reason = visit.text(form, "reason", 32)
    audience = Audience(
        tuple(dict.fromkeys(channels))[:20],
        int(days) if days in map(str, DAYS) else None,
        " ".join(visit.text(form, "tag", 64).lower().removeprefix("#").split()),
        visit.text(form, "category", 200),
        reason if reason in REASONS else "",
    )
    words = {code: visit.text(form, f"words_{code}", 4 * MOST_WORDS) for code in LANGUAGES}
    return {"words": words, "audience": audience, "is_urgent": bool(form.get("is_urgent"))}


async def _facts(visit: Visit, number: int) -> Facts:
    now, zone = visit.ground.clock.now(), visit.ground.zone

    def work(connection: Any) -> Facts:
        about = keeping.find_announcement(connection, number)
        settings = load_settings(connection)
        channels = _channels(visit, connection)
        reach = people.reach(connection, about.audience, channels, about.started_at or now, number)
        is_held = settings[SURVEY_LIMITS].is_quiet(now, zone) and not about.is_urgent
        minutes = -(-reach.total // settings[ANNOUNCEMENTS_PER_MINUTE])
        return Facts(about, reach, results_of(connection, number), minutes, is_held)

    await _find(visit, number)
    return await visit.ground.database.read(work)


def _channels(visit: Visit, connection: Any) -> list[str]:
    """Those that are served, whether or not anybody has written there yet."""
    served = sorted(set(visit.ground.channels) - people.UNSENT)
    return served or people.channels_there_are(connection)


async def _page(visit: Visit, error: str = "") -> web.Response:
    facts, now = await _facts(visit, visit.number("number")), visit.ground.clock.now()
    about = facts.about
    return visit.page(
        "admin/announcement.html",
        422 if error else 200,
        script=await script_facts(visit),
        facts=facts,
        about=about,
        is_said=about.said_until is not None and about.said_until > now,
        is_free=about.state in SENDABLE,
        is_untold=about.state is State.DRAFT and facts.results == Results(),
        spans=tuple(SPANS),
        languages=LANGUAGES,
        previews={code: [render(Text(key), code) for key in _BUTTONS] for code in LANGUAGES},
        error=error,
    )


async def _form(
    visit: Visit, values: Mapping[str, Any], about: Announcement | None = None, error: str = ""
) -> web.Response:
    def work(connection: Any) -> tuple[list[str], list[str], list[str]]:
        return (
            _channels(visit, connection),
            people.tags_there_are(connection),
            people.categories_there_are(connection),
        )

    channels, tags, categories = await visit.ground.database.read(work)
    return visit.page(
        "admin/announcement_form.html",
        422 if error else 200,
        script=await script_facts(visit),
        about=about,
        values=values,
        channels=channels,
        tags=tags,
        categories=categories,
        reasons=REASONS,
        days=DAYS,
        languages=LANGUAGES,
        most=MOST_WORDS,
        error=error,
    )
