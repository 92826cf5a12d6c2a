"""Operators and their roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.console.context import Visit, origin_of
from bot.console.pages.facts import script_facts
from bot.storage.console.sessions import end_sessions
from bot.storage.desk.audit import record_change
from bot.storage.desk.staff import change_person, engage
from bot.storage.desk.staff import renew_link as make_new_link
from bot.storage.desk.team import all_skills, skills_of
from bot.storage.operators import Profile, list_operators
from core.conversation import OperatorId
from core.errors import Conflict, InvalidInput, NotFound
from handoff.operators import Role

_MOST_SKILLS = 100
_EMPTY: Mapping[str, Any] = {
    "login": "", "name": "", "role": "operator", "level": 1, "capacity": 4, "telegram_id": "", "is_active": True,
}  # fmt: skip


async def show_operators(visit: Visit) -> web.StreamResponse:
    return await _list(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """A new operator, and the link with which they set their password."""
    form = await visit.form()
    login, now = visit.text(form, "login", 64), visit.ground.clock.now()
    try:
        values = _values(visit, form)
        role = values.pop("role")

        def work(connection: Any) -> str:
            return engage(connection, visit.who, login, role, now, **values)[1]

        token = await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        return await _list(visit, {**_shown(visit, form), "login": login}, error=_told(visit, error), status=422)
    return await _list(visit, link=_link(visit, token), whose=login)


async def show_operator(visit: Visit) -> web.StreamResponse:
    return await _one(visit, await _find(visit))


async def change(visit: Visit) -> web.StreamResponse:
    """Whoever loses a role or leaves is out of the console at once."""
    profile, form = await _find(visit), await visit.form()
    who, skills, now = profile.operator, _skills(form), visit.ground.clock.now()
    try:
        values = {**_values(visit, form), "is_active": bool(form.get("is_active"))}
        if who.id == visit.operator.id and (values["role"] is not Role.ADMIN or not values["is_active"]):
            raise Conflict("operators.not_yourself")

        def work(connection: Any) -> None:
            change_person(connection, visit.who, who.login, now, skills, **values)
            if values["role"] is not who.role or not values["is_active"]:
                end_sessions(connection, who.id)

        await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        return await _one(visit, profile, error=_told(visit, error), status=422)
    return visit.go("/operators", "said.saved")


async def renew_link(visit: Visit) -> web.StreamResponse:
    """A new link to set the password; the earlier ones end, the password stays until it is used."""
    profile, now = await _find(visit), visit.ground.clock.now()

    def work(connection: Any) -> str:
        return make_new_link(connection, visit.who, profile, now)

    token = await visit.ground.database.write(work)
    return await _one(visit, profile, link=_link(visit, token))


async def end_all_sessions(visit: Visit) -> web.StreamResponse:
    profile, now = await _find(visit), visit.ground.clock.now()

    def work(connection: Any) -> None:
        end_sessions(connection, profile.operator.id, visit.session.id if visit.session else None)
        record_change(connection, visit.who, "operator.sessions", now, login=profile.operator.login)

    await visit.ground.database.write(work)
    return visit.go(f"/operators/{profile.operator.id}", "said.sessions_ended")


def _link(visit: Visit, token: str) -> str:
    own = visit.request.headers.get("Origin") or str(visit.request.url.origin())
    base = visit.ground.public_url or origin_of(own)
    return f"{base}/password/{token}"


def _told(visit: Visit, error: InvalidInput | Conflict) -> str:
    """What the console itself refuses is a key of its words."""
    text = error.told(visit.language)
    words = visit.console.renderer.words(visit.language)
    return words.say(text) if words.knows(text) else text


async def _find(visit: Visit) -> Profile:
    number = OperatorId(visit.number("number"))
    found = await visit.ground.database.read(list_operators)
    profile = next((one for one in found if one.operator.id == number), None)
    if profile is None:
        raise NotFound("error.no_operator")
    return profile


def _values(visit: Visit, form: Mapping[str, Any]) -> dict[str, Any]:
    try:
        role, level = Role(str(form.get("role", ""))), int(str(form.get("level", "")))
        capacity = int(str(form.get("capacity", "")))
    except ValueError:
        raise InvalidInput("error.unreadable") from None
    return {
        "role": role,
        "name": visit.text(form, "name", 200),
        "level": level,
        "capacity": capacity,
        "telegram_id": visit.text(form, "telegram_id", 32) or None,
    }


def _skills(form: Mapping[str, Any]) -> list[str]:
    """Categories ticked; none is all of them."""
    given = form.getall("skills", []) if hasattr(form, "getall") else []
    return sorted({str(one).strip()[:200] for one in given if str(one).strip()})[:_MOST_SKILLS]


def _shown(visit: Visit, form: Mapping[str, Any]) -> dict[str, Any]:
    return {**_EMPTY, **{name: visit.text(form, name, 200) for name in _EMPTY if name != "is_active"}}


async def _list(
    visit: Visit,
    values: Mapping[str, Any] = _EMPTY,
    *,
    link: str = "",
    whose: str = "",
    error: str = "",
    status: int = 200,
) -> web.Response:
    words = visit.console.renderer.words(visit.language)
    skills = await visit.ground.database.read(all_skills)
    return visit.page(
        "admin/operators.html",
        status,
        script=await script_facts(visit),
        profiles=await visit.ground.database.read(list_operators),
        online=visit.console.hub.online(),
        skills=skills,
        values=values,
        link=link,
        whose=whose,
        error=words.say(error) if words.knows(error) else error,
    )


async def _one(visit: Visit, profile: Profile, *, link: str = "", error: str = "", status: int = 200) -> web.Response:
    own = await visit.ground.database.read(lambda connection: skills_of(connection, profile.operator.id))
    known = visit.ground.library.index.categories()
    return visit.page(
        "admin/operator.html",
        status,
        script=await script_facts(visit),
        profile=profile,
        link=link,
        error=error,
        skills=own,
        categories=[*known, *(one for one in own if one not in known)],
    )
