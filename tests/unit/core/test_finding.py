"""What the doctor finds is told in both languages: its own sentences, and those written down while the bot ran."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator

import pytest

from core.finding import Finding, recognise, tell
from tests.test_house import MODULES, ROOT

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def test_in_the_readers_language() -> None:
    finding = Finding("warning", "telegram", "set_aside", {"count": 2})
    assert tell(finding, "ru")[1:3] == (
        "Telegram",
        "2 входящих за последние 7 дней не удалось прочесть или обработать",
    )
    assert finding.text == "2 arrivals of the last 7 days could not be read or handled"
    assert CYRILLIC.search(tell(finding, "ru").remedy)
    assert "makers of Otklik" in finding.remedy


def test_a_finding_within_another() -> None:
    found = Finding(
        "fatal", "Telegram desk -1002", "desk_unseen", {"why": Finding("fatal", "", "telegram_token_refused")}
    )
    told = tell(found, "ru")
    assert (told.subject, told.text) == (
        "группа Telegram -1002",
        "группу операторов не видно: Telegram не принимает токен",
    )
    assert found.text == "the operators' group is not to be seen: Telegram refuses the token"


def test_what_is_in_no_catalogue_is_told_as_it_is() -> None:
    assert tell(Finding("ok", "patient", "well {braces}"), "ru") == ("ok", "patient", "well {braces}", "")


@pytest.mark.parametrize(
    "sentence",
    [
        "another program polls this bot, or a webhook is set: Conflict: terminated by other getUpdates request",
        "the operators' group has no topics: posts go into it plainly until they are switched on",
    ],
)
def test_what_was_written_down_is_recognised(sentence: str) -> None:
    found = recognise(sentence)
    assert isinstance(found, Finding)
    assert found.text == sentence
    assert CYRILLIC.search(tell(found, "ru").text)


def test_what_was_not_foreseen_stays() -> None:
    assert recognise("messages.send: error 15: Access denied") == "messages.send: error 15: Access denied"


def reported() -> Iterator[tuple[str, str]]:
    """Every sentence the code writes down for the doctor, with a word in each gap."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "report"):
                continue
            said = node.args[-1]
            if isinstance(said, ast.JoinedStr | ast.Constant):
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                words = (str(part.value) if isinstance(part, ast.Constant) else "gap" for part in parts)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", "".join(words)


def test_every_report_of_the_code_is_recognised() -> None:
    sentences = dict(reported())
    assert len(sentences) >= 8
    assert {place for place, sentence in sentences.items() if not isinstance(recognise(sentence), Finding)} == set()


# --- the code against the catalogue


def found_keys() -> Iterator[tuple[str, str]]:
    """Every key of a Finding in the code: the third argument, or what is chosen for it."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and len(node.args) > 2:
                for part in ast.walk(node.args[2]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", part.value


def test_every_finding_of_the_code_has_its_sentence() -> None:
    catalogue = gettext.translation("doctor", ROOT / "core" / "locales", languages=["ru"])
    known = {str(key).removeprefix("finding.") for key in told_keys(catalogue) if str(key).startswith("finding.")}
    missing = {f"{place}: {key}" for place, key in found_keys() if key not in known and key != "off"}
    assert missing == set()
    named = {key for _, key in found_keys()}
    source = "\n".join(path.read_text("utf-8") for path in MODULES)
    assert {key for key in known - named if f'"{key}"' not in source and not key.startswith("said_")} == set()
    remedies = {str(key).removeprefix("remedy.") for key in told_keys(catalogue) if str(key).startswith("remedy.")}
    assert remedies <= known


def told_keys(catalogue: gettext.NullTranslations) -> set[str]:
    """Keys with plural forms are kept with the form's number."""
    return {key[0] if isinstance(key, tuple) else key for key in vars(catalogue)["_catalog"] if key}
