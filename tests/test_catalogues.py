"""What the bot says: both languages whole, every key of the code there, and the compiled files up to date."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.console.look.words import words_of
from bot.settings.catalogue import CATALOGUE
from bot.storage.tables import metadata
from core.text import LANGUAGES
from tests.test_house import MODULES, ROOT

# named like sentences, but settings, columns, kinds of live events and acts of the audit log, of which every one has a
# word in the console (tests/unit/bot/test_deeds.py); the console's words have a test of their own
COLUMNS = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
OTHER_NAMES = CATALOGUE.keys() | COLUMNS | {"faq.updated"}
CONSOLE = ROOT / "bot" / "console"

LOCALES = ROOT / "core" / "locales"
KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.(?!(?:yaml|json|csv|py)$)[a-z0-9_]+)+")


# what the bot says; what is told to whoever looks after it: what the doctor finds, what is wrong with a file
DOMAINS = ("otklik", "doctor", "faults")


def po_path(language: str, domain: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(language: str, domain: str) -> Catalog:
    with po_path(language, domain).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages_of(domain: str) -> dict[str, dict[str, Message]]:
    return {
        language: {key_of(message): message for message in read_catalogue(language, domain) if message.id}
        for language in LANGUAGES
    }


@pytest.fixture(scope="module")
def catalogues() -> dict[str, dict[str, Message]]:
    """Those of a Text."""
    spoken, faults = messages_of("otklik"), messages_of("faults")
    return {language: spoken[language] | faults[language] for language in LANGUAGES}


@pytest.fixture(scope="module", params=DOMAINS)
def each(request: pytest.FixtureRequest) -> dict[str, dict[str, Message]]:
    return messages_of(request.param)


def key_of(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def sentences_of(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_file_is_as_new_as_its_source(language: str, domain: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language, domain))
    kept = BytesIO(po_path(language, domain).with_suffix(".mo").read_bytes())
    assert said(kept) == said(BytesIO(compiled.getvalue())), "run `make catalogues`"


def said(compiled: BytesIO) -> dict[object, str]:
    """All sentences without the header, which carries the time of compiling."""
    catalogue: dict[object, str] = vars(gettext.GNUTranslations(compiled))["_catalog"]
    return {key: sentence for key, sentence in catalogue.items() if key}


def test_both_languages_have_the_same_keys(each: dict[str, dict[str, Message]]) -> None:
    assert each["ru"].keys() == each["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_said(each: dict[str, dict[str, Message]], language: str) -> None:
    silent = [key for key, message in each[language].items() if message.fuzzy or not all(sentences_of(message))]
    assert silent == []


def test_both_languages_say_the_same_things(each: dict[str, dict[str, Message]]) -> None:
    """Every placeholder of one language is in the other; plural forms may leave the number out."""
    unlike = {
        key: (placeholders(message), placeholders(each["en"][key]))
        for key, message in each["ru"].items()
        if placeholders(message) != placeholders(each["en"][key])
    }
    assert unlike == {}


def placeholders(message: Message) -> set[str]:
    return {name for sentence in sentences_of(message) for _, name, _, _ in Formatter().parse(sentence) if name}


# --- the code against the catalogues


def spoken_keys(first_words: set[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Where a key is named in the code, as a pattern: f"reason.{reason}" stands for every reason."""
    for path in MODULES:
        if path.is_relative_to(CONSOLE):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Text":
                key = node.args[0] if node.args else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield place, re.compile(re.escape(key.value))
            if isinstance(node, ast.JoinedStr):
                pattern = pattern_of(node)
                if re.match(rf"(?:{'|'.join(sorted(first_words))})\\\.", pattern):
                    yield place, re.compile(pattern)
            if isinstance(node, ast.Constant) and is_key(node.value, first_words):
                yield place, re.compile(re.escape(node.value))


def is_key(value: object, first_words: set[str]) -> bool:
    is_named = isinstance(value, str) and KEY.fullmatch(value) is not None and value not in OTHER_NAMES
    is_act = isinstance(value, str) and words_of("ru").knows(f"audit.{value}")
    return is_named and not is_act and value.split(".")[0] in first_words


def pattern_of(node: ast.JoinedStr) -> str:
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z0-9_.]+" for part in node.values
    )


def test_every_key_in_the_code_is_in_the_catalogues(catalogues: dict[str, dict[str, Message]]) -> None:
    keys = catalogues["ru"].keys()
    spoken = spoken_keys({key.split(".")[0] for key in keys})
    missing = {f"{place}: {key.pattern}" for place, key in spoken if not any(map(key.fullmatch, keys))}
    assert missing == set()


def test_every_key_of_the_catalogues_is_in_the_code(catalogues: dict[str, dict[str, Message]]) -> None:
    keys = catalogues["ru"].keys()
    patterns = {key.pattern for _, key in spoken_keys({key.split(".")[0] for key in keys})}
    unused = {key for key in keys if not any(re.fullmatch(pattern, key) for pattern in patterns)}
    assert unused == set()
