"""What the console says: both languages whole, every key of the code there, none unused, compiled files up to date."""

from __future__ import annotations

import gettext
import re
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.settings.catalogue import CATALOGUE
from core.event import Act
from core.text import LANGUAGES
from tests.test_house import ROOT

CONSOLE = ROOT / "bot" / "console"
LOCALES = CONSOLE / "locales"
KEY = re.compile(r"""["']([a-z]+(?:\.[a-z0-9_-]*[a-z0-9])+)["']""")
# "state." ~ one in a template, f"reason.{one}" in the code
PREFIX = re.compile(r"""["']([a-z]+(?:\.[a-z_]+)*[._])(?:["'] ~|\{)""")
# of what the code names besides keys
FILES = (".html", ".js", ".css", ".svg", ".csv", ".xlsx", ".yaml", ".yml", ".jsonl", ".example", ".console")
EVENTS = ("message.", "conversation.", "customer.", "identity.", "session.", "faq.updated", "settings.updated")
FROM_DATA = ("audit.", "setting.", "channel.", "desk.", "outcome.", "detail.")  # values found in the database


def path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "console.po"


def read(language: str) -> Catalog:
    with path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for language in LANGUAGES:
        found[language] = {}
        for message in read(language):
            if message.id:
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                sentence = message.string
                found[language][key] = tuple(sentence) if isinstance(sentence, tuple | list) else (sentence,)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_file_is_as_new_as_its_source(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, read(language))
    kept, made = (
        {key: text for key, text in vars(gettext.GNUTranslations(file))["_catalog"].items() if key}
        for file in (BytesIO(path(language).with_suffix(".mo").read_bytes()), BytesIO(compiled.getvalue()))
    )
    assert kept == made, "run `make catalogues`"


def test_both_languages_say_the_same_things(said: dict[str, dict[str, tuple[str, ...]]]) -> None:
    assert said["ru"].keys() == said["en"].keys()
    assert [key for words in said.values() for key, forms in words.items() if not all(forms)] == []

    def places(forms: tuple[str, ...]) -> set[str]:
        return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name and name.isascii()}

    free = ("canned.variables", "setting.about.", "setting.form.")  # they speak of braces
    spoken = [key for key in said["ru"] if not key.startswith(free)]
    unlike = {key for key in spoken if places(said["ru"][key]) != places(said["en"][key])}
    assert unlike == set()


def sources() -> str:
    texts = [one.read_text("utf-8") for one in [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]]
    return "\n".join(texts)


def of_scripts() -> set[str]:
    texts = (script.read_text("utf-8") for script in CONSOLE.rglob("*.js"))
    return {f"js.{name}" for text in texts for name in re.findall(r"words\.(\w+)", text)}


def test_every_key_of_the_code_is_said(said: dict[str, dict[str, tuple[str, ...]]]) -> None:
    known = said["ru"].keys()
    first = {key.split(".")[0] for key in known}
    named = {key for key in KEY.findall(sources()) if key.split(".")[0] in first}
    named = {key for key in named if not key.endswith(FILES) and not key.startswith(EVENTS)}
    named |= of_scripts()
    named -= {key for key in named if f"audit.{key}" in known}  # acts of the log, named in the code by themselves
    assert named - known - set(CATALOGUE) == set()


def test_every_sentence_is_said_somewhere(said: dict[str, dict[str, tuple[str, ...]]]) -> None:
    text = sources()
    named, prefixes = set(KEY.findall(text)), (*set(PREFIX.findall(text)), *FROM_DATA)
    named |= of_scripts()
    alone = set(re.findall(r"""\b[tn]\(["'](\w+)["']""", text))
    assert {key for key in said["ru"] if key not in named | alone and not key.startswith(prefixes)} == set()


def test_every_act_and_every_setting_has_its_words(said: dict[str, dict[str, tuple[str, ...]]]) -> None:
    assert {act.value for act in Act if f"audit.{act.value}" not in said["ru"]} == set()
    named = (f"setting.{part}{key}" for key in CATALOGUE for part in ("", "about.", "form."))  # name, meaning, unit
    assert {key for key in named if key not in said["ru"]} == set()
    gone = {key for key in said["ru"] if key.startswith("setting.")} - {
        f"setting.{part}{key}" for key in CATALOGUE for part in ("", "about.", "form.")
    }
    assert gone == set(), "words of settings that are no more"
    assert {key for key in CATALOGUE if f"settings.group.{key.partition('.')[0]}" not in said["ru"]} == set()
