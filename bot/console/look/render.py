"""Templates: one Jinja2 environment for each language in use, and what every page needs besides its own facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bot.console.look.assets import Assets
from bot.console.look.charts import plain
from bot.console.look.figures import figures_of
from bot.console.look.moments import Moments
from bot.console.look.prose import initials, link_up, tint
from bot.console.look.words import Words, words_of
from surveys.figures.confidence import ENOUGH

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from jinja2 import Environment

    from core.clock import Clock

FOLDER = Path(__file__).parent.parent / "templates"
_THEMES = ("auto", "light", "dark")
_SAID = re.compile(r"(?P<key>said\.[a-z_]+)(?P<numbers>(?:\.[a-z]+-\d{1,9})*)")
_NUMBER = re.compile(r"([a-z]+)-(\d+)")


class Renderer:
    """Renders whole pages for a visit, and fragments in a language for everybody.

    `guard` makes of what was said what operators are shown: card and passport numbers may have to be hidden.
    """

    def __init__(
        self, clock: Clock, zone: ZoneInfo, assets: Assets | None = None, *, guard: Callable[[str], str] = str
    ) -> None:
        self._clock, self._zone, self.guard = clock, zone, guard
        self.assets = assets or Assets()
        self._environments: dict[str, Environment] = {}

    def words(self, language: str) -> Words:
        return words_of(language)

    def moments(self, language: str) -> Moments:
        return Moments(words_of(language), self._zone)

    def fragment(self, language: str, template: str, **facts: Any) -> str:
        """The same for whoever reads this language."""
        return self._environment(language).get_template(template).render(facts)

    def macro(self, language: str, template: str, name: str, *arguments: Any) -> str:
        """One macro of a template, as pages use it too."""
        return str(getattr(self._environment(language).get_template(template).module, name)(*arguments))

    def render(self, visit: Any, template: str, facts: Mapping[str, Any]) -> str:
        environment = self._environment(visit.language)
        page = environment.get_template(template)
        theme = visit.preferences.get("theme", "auto")
        context = {
            "visit": visit,
            "me": visit.session.operator if visit.session is not None else None,
            "csrf": visit.csrf,
            "theme": theme if theme in _THEMES else "auto",
            "layout": "fragment.html" if visit.is_fragment else "layout.html",
            "said": _said(visit),
            **facts,
        }
        return page.render(context)

    def _guarded(self, text: str, most: int | None = None) -> str:
        """Cut only afterwards, lest half a number is not known for one."""
        return self.guard(text)[:most]

    def _environment(self, language: str) -> Environment:
        """Made when the first page asks for it: a bot whose console nobody opened does without."""
        if language not in self._environments:
            self._environments[language] = self._make_environment(language)
        return self._environments[language]

    def _make_environment(self, language: str) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        words, moments, figures = words_of(language), self.moments(language), figures_of(language)
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # a page belongs to the code that runs, and no fragment asks the disk
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters: dict[str, Callable[..., Any]] = {
            "clock": moments.clock,
            "full": moments.full,
            "date": moments.date,
            "day": lambda moment: moments.day(moment, self._clock.now()),
            "ago": lambda moment: moments.ago(moment, self._clock.now()),
            "span": moments.span,
            "lasting": moments.lasting,
            "guarded": self._guarded,
            "prose": link_up,
            "initials": initials,
            "tint": tint,
            "figure": figures.number,
            "signed": figures.signed,
            "percent": figures.percent,
            "share": figures.share,
            "size": figures.size,
            "plain": lambda value: plain(round(value, 1)),
        }
        environment.filters.update(filters)
        environment.globals |= {
            "language": language,
            "figures": figures,
            "t": words.say,
            "n": words.count,
            "word": words.or_else,
            "asset": self.assets.address,
            "icon": _icon,
            "sprite": _own(self.assets.text("icons.svg")),
            "script_words": _as_json(words.for_script()),
            "as_json": _as_json,
            "now": self._clock.now,
            "enough": ENOUGH,
        }
        return environment


def _said(visit: Any) -> str:
    """What the page before wanted to be said here."""
    words: Words = words_of(visit.language)
    kept = _SAID.fullmatch(visit.request.cookies.get("otklik_said", ""))
    if kept is None or not words.knows(kept["key"]):
        return ""
    numbers = {name: int(number) for name, number in _NUMBER.findall(kept["numbers"])}
    try:
        return words.say(kept["key"], **numbers)
    except KeyError:  # somebody's own cookie
        return ""


_ICON = Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>')


def _icon(name: str) -> Markup:
    return _ICON.format(name)


def _own(text: str) -> Markup:
    """Text that we wrote ourselves, or escaped."""
    return Markup(text)  # noqa: S704


def _as_json(value: object) -> Markup:
    """For a script element that holds data: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _own(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
