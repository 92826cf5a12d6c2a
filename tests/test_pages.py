"""The pages against the program: links, settings, commands, words, and the form of what has a form."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.program import program
from bot.config import Config, setting_name
from bot.settings.catalogue import CATALOGUE
from tests.test_house import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "tests" / "fakes" / "README.md"])
PICTURES = sorted(DOCS.rglob("*.svg"))
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))

WORDS = (
    "customer operator conversation active queued assigned closed close reopen message note channel identity inbox "
    "outbox delivery attempt dead decision entry phrasing match handoff trigger queue assignment presence capacity "
    "level canned target breach survey invitation response CSI CSAT NPS CES containment"
).split()


def page_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- links


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_of_the_page_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            dead.append(link)
    assert dead == []


def test_every_page_and_picture_can_be_reached() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md", ROOT / "README.ru.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.suffix == ".md":
            links = re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))
            waiting += [(page.parent / link).resolve() for link in links if not re.match(r"[a-z]+:", link)]
    assert {page_name(path) for path in [*DOCS.rglob("*.md"), *PICTURES] if path not in reached} == set()


@pytest.mark.parametrize("picture", PICTURES, ids=page_name)
def test_picture_is_drawn_and_described(picture: Path) -> None:
    root = ET.parse(picture).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert root.get("viewBox")
    assert root.findtext(f"{space}title")
    assert root.findtext(f"{space}desc")


# --- twins

_GUIDES = ("operator", "lead", "admin", "service", "website", "console", "numbers")
TWINS = ["README", *(f"docs/howto/{page}" for page in _GUIDES)]


@pytest.mark.parametrize("name", TWINS)
def test_page_has_the_same_parts_in_both_languages(name: str) -> None:
    english, russian = ((ROOT / f"{name}{suffix}").read_text("utf-8") for suffix in (".md", ".ru.md"))
    assert shape(english) == shape(russian)


def shape(text: str) -> list[str]:
    """Headings by depth, rows of tables, list items and code fences: what twins have in common."""
    lines = text.splitlines()
    return [match.group() for line in lines if (match := re.match(r"#+ |\||- \*\*|\d+\. |```\w*", line))]


# --- reference


def commands(group: click.Group, path: str = "otklik") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_reference_names_every_command_and_option() -> None:
    page = (DOCS / "reference" / "commands.md").read_text("utf-8")
    missing = []
    for path, command in commands(program):
        rows = "\n".join(row for row in page.splitlines() if f"`{path}" in row)
        options = [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
        missing += [path] if not rows else []
        missing += [f"{path} {option}" for option in options if option.startswith("--") and option not in rows]
    assert missing == []


def test_reference_names_no_command_that_is_not_there() -> None:
    known = {path for path, _ in commands(program)}
    pages = [page for page in PAGES if "decisions" not in page.parts]
    named = {
        (page_name(page), match)
        for page in pages
        for match in re.findall(r"`(?:\.venv/bin/)?(otklik(?: [a-z]+(?:-[a-z]+)*)+)", page.read_text("utf-8"))
    }
    unknown = {
        (page, name) for page, name in named if not any(name == path or name.startswith(f"{path} ") for path in known)
    }
    assert unknown == set()


def test_contributing_page_names_every_target_of_make() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M)
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [target for target in targets if target != "help" and f"| `make {target}` |" not in page] == []


def rows_of_settings() -> dict[str, str]:
    page = (DOCS / "reference" / "settings.md").read_text("utf-8")
    return dict(re.findall(r"^\| `(OTKLIK_\w+)` \|(.*?)\|", page, re.M))


def default_of(field: str) -> str:
    default = Config.model_fields[field].default
    return "" if default is None else str(default)


def test_reference_has_every_setting_with_its_default() -> None:
    wanted = {setting_name(field): default_of(field) for field in Config.model_fields}
    assert {name: default.strip().strip("`") for name, default in rows_of_settings().items()} == wanted


def test_example_has_every_setting_with_its_default() -> None:
    example = (ROOT / "deploy" / "env.example").read_text("utf-8")
    given = dict(re.findall(r"^#?\s?(OTKLIK_\w+)=(.*)$", example, re.M))
    assert given == {setting_name(field): default_of(field) for field in Config.model_fields}


def test_reference_has_every_business_setting_with_its_default() -> None:
    page = (DOCS / "reference" / "business-settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| `(.*?)` \|", page, re.M))
    wanted = {key: known.write(known.default) for key, known in CATALOGUE.items()}
    assert {
        key: value if isinstance(wanted.get(key), str) else json.loads(value) for key, value in rows.items()
    } == wanted


def test_pages_name_no_setting_that_is_not_there() -> None:
    known = {setting_name(field) for field in Config.model_fields}
    texts = {page: page.read_text("utf-8") for page in [*PAGES, *(ROOT / "deploy").iterdir()]}
    named = {
        (page_name(page), name) for page, text in texts.items() for name in re.findall(r"OTKLIK_[A-Z_]+[A-Z]", text)
    }
    assert {(page, name) for page, name in named if name not in known} == set()


def test_reference_has_every_key_of_the_report() -> None:
    from datetime import date

    from surveys.report import Facts, build_report

    page = (DOCS / "reference" / "report.md").read_text("utf-8")
    assert [key for key in build_report(Facts(date(2025, 1, 1), date(2025, 1, 31))) if f"`{key}" not in page] == []


def test_reference_has_every_column_of_a_faq_file() -> None:
    from faq.formats.rows import COLUMNS

    page = (DOCS / "reference" / "faq-files.md").read_text("utf-8")
    assert [column for column in COLUMNS if f"| `{column}` |" not in page] == []


@pytest.mark.parametrize("page", ["operator.md", "operator.ru.md"])
def test_page_for_operators_has_every_command(page: str) -> None:
    from handoff.desk_text import COMMANDS

    text = (DOCS / "howto" / page).read_text("utf-8")
    assert [command for command in sorted(COMMANDS) if f"`/{command}" not in text] == []


# --- words and forms


def test_glossary_has_every_word() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", (DOCS / "glossary.md").read_text("utf-8"), re.M)
    english = " ".join(row[0] for row in rows[1:])
    assert [word for word in WORDS if not re.search(rf"\b{word}\b", english)] == []
    assert [row for row in rows[2:] if not re.search(r"[а-яё]", row[1])] == []


@pytest.mark.parametrize("page", DECISIONS, ids=page_name)
def test_decision_page_has_its_form(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.match(rf"# {page.name[:4]}\. .+\n\n\*\*Status:\*\* .+\n", text)
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]
    assert page.name in (DOCS / "decisions" / "README.md").read_text("utf-8")


def test_changelog_page_has_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert text.startswith("# Changelog\n")
    assert re.search(r"^## \[Unreleased\]$", text, re.M)
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
