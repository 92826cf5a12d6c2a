"""What the bot says: every sentence in both languages, in the installation's own words where it wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.look.words import Words
from bot.console.pages.admin.examples import example_of, previewed
from bot.console.pages.facts import script_facts
from bot.storage.desk.audit import record_change
from bot.storage.live.events import note_event
from bot.storage.operators import names_by_login
from bot.storage.service.wording import change_wording, list_changes, load_wording
from core.errors import NotFound
from core.text import LANGUAGES, Wording, shipped
from core.wording import LABEL_LIMIT, SENTENCE_LIMIT, Fault, find_faults, is_known, placeholders

# first words of the keys, in the order in which they are listed
THEMES: Mapping[str, Sequence[str]] = {
    "talk": "greeting clarify nomatch refused helped faq smalltalk comment language attachment channel".split(),
    "queue": "queue operator weekday".split(),
    "closing": "closing csi reason survey reopen news".split(),
    "buttons": "button buttons".split(),
    "privacy": "privacy linking".split(),
    "chat": ["chat"],
    "help": ["help"],
    "desk": "desk board card failed alert digest number presence priority target trouble".split(),
}
_ORDER = {word: place for place, word in enumerate(word for words in THEMES.values() for word in words)}


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence in the list: as it is said now, in the reader's language."""

    key: str
    said: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence in one language as it is edited. `forms` stand in the fields, `shown` is what they come to."""

    language: str
    forms: tuple[str, ...]
    usual: tuple[str, ...]
    is_own: bool
    shown: tuple[str, ...]
    faults: tuple[str, ...] = ()


async def show_texts(visit: Visit) -> web.StreamResponse:
    query = visit.request.query
    asked, sought = query.get("theme", ""), query.get("q", "").strip()[:100]
    is_own_only = bool(query.get("own"))
    theme = asked if asked in THEMES else "" if sought or is_own_only else "talk"
    wording, _ = await visit.ground.database.read(load_wording)
    rows = [_row(key, visit.language, wording) for key in sorted(shipped(visit.language), key=_place) if is_known(key)]
    rows = [one for one in rows if not theme or one.key.partition(".")[0] in THEMES[theme]]
    if sought:
        rows = [one for one in rows if _is_like(one.key, sought.casefold(), wording)]
    if is_own_only:
        rows = [one for one in rows if one.is_own]
    facts: dict[str, Any] = {"rows": rows, "themes": THEMES, "theme": theme, "sought": sought, "own_only": is_own_only}
    return visit.page("admin/texts.html", script=await script_facts(visit), **facts)


async def show_text(visit: Visit) -> web.StreamResponse:
    return await _page(visit, _key(visit.request.query.get("key", "")), {})


async def preview(visit: Visit) -> web.StreamResponse:
    """Nothing is saved."""
    form = await visit.form()
    key = _key(visit.text(form, "key", 64))
    return await _page(visit, key, _typed(visit, form, key), is_tried=True)


async def save(visit: Visit) -> web.StreamResponse:
    """The languages that are given, both or neither."""
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.operator
    key = _key(visit.text(form, "key", 64))
    typed = _typed(visit, form, key)
    if any(find_faults(key, language, forms) for language, forms in typed.items()):
        return await _page(visit, key, typed, is_tried=True)

    def work(connection: Any) -> None:
        for language, forms in typed.items():
            if change_wording(connection, key, language, forms, who.login, now):
                _note(connection, visit, "text.changed", key, language, " | ".join(forms)[:500])

    await visit.ground.database.write(work)
    return visit.go(f"/settings/texts/sentence?key={key}", "said.saved")


async def reset(visit: Visit) -> web.StreamResponse:
    """One language of a sentence back to what comes with Otklik."""
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.operator
    key, language = _key(visit.text(form, "key", 64)), visit.text(form, "language", 8)

    def work(connection: Any) -> None:
        if change_wording(connection, key, language, None, who.login, now):
            _note(connection, visit, "text.reset", key, language, "")

    await visit.ground.database.write(work)
    return visit.go(f"/settings/texts/sentence?key={key}", "said.saved")


def _note(connection: Any, visit: Visit, act: str, key: str, language: str, text: str) -> None:
    record_change(connection, visit.who, act, visit.ground.clock.now(), key=key, language=language, text=text)
    note_event(connection, "settings.updated")


def _place(key: str) -> tuple[int, str]:
    return _ORDER[key.partition(".")[0]], key


def _key(key: str) -> str:
    if not is_known(key):
        raise NotFound("error.no_text")
    return key


def _row(key: str, language: str, wording: Wording) -> Row:
    own = wording.own.get((language, key))
    is_own = any((one, key) in wording.own for one in LANGUAGES)
    return Row(key, (own or shipped(language)[key])[-1], is_own)


def _is_like(key: str, sought: str, wording: Wording) -> bool:
    """In any language, as shipped or as changed, so that what a customer quotes is found."""
    said = [form for language in LANGUAGES for form in shipped(language)[key] + wording.own.get((language, key), ())]
    return sought in key or any(sought in one.casefold() for one in said)


def _typed(visit: Visit, form: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for language in LANGUAGES:
        names = [f"{language}_{place}" for place in range(len(shipped(language)[key]))]
        if any(name in form for name in names):
            found[language] = tuple(visit.text(form, name, 2 * SENTENCE_LIMIT) for name in names)
    return found


async def _page(
    visit: Visit, key: str, typed: Mapping[str, tuple[str, ...]], *, is_tried: bool = False
) -> web.Response:
    def work(connection: Any) -> tuple[Wording, list[Any], dict[str, str]]:
        return load_wording(connection)[0], list_changes(connection, key), names_by_login(connection)

    wording, changes, names = await visit.ground.database.read(work)
    words = visit.console.renderer.words(visit.language)
    spoken = [_spoken(key, language, wording, typed, words) for language in LANGUAGES]
    is_faulty = any(one.faults for one in spoken)
    return visit.page(
        "admin/text.html",
        422 if is_faulty else 200,
        script=await script_facts(visit),
        key=key,
        spoken=spoken,
        changes=changes,
        names=names,
        places=[(name, example_of(name, visit.language)) for name in placeholders(key, visit.language)],
        is_tried=is_tried,
        is_button=key.startswith("button."),
        limit=LABEL_LIMIT if key.startswith("button.") else SENTENCE_LIMIT,
    )


def _spoken(key: str, language: str, wording: Wording, typed: Mapping[str, tuple[str, ...]], words: Words) -> Spoken:
    usual, own = shipped(language)[key], wording.own.get((language, key))
    forms = typed.get(language, own or usual)
    faults = find_faults(key, language, forms)
    shown = forms if faults else previewed(forms, language)  # what is at fault cannot be filled in
    return Spoken(language, forms, usual, own is not None, shown, tuple(_explain(faults, len(forms), words)))


def _explain(faults: Sequence[Fault], count: int, words: Words) -> list[str]:
    said = []
    for one in faults:
        place = f"{one.form + 1}. " if count > 1 else ""
        said.append(place + words.say(f"texts.fault.{one.kind}", what=one.what))
    return said
