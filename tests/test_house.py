"""The house itself: import directions, sizes, names and what must not stand in a file."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("core", "channels", "faq", "handoff", "surveys", "bot")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MODULES = [path for path in SOURCES if "versions" not in path.parts]  # a migration is history, not a room
TESTS = sorted((ROOT / "tests").rglob("*.py"))

CEILING = 300
HIGHER_CEILING = 400  # for a channel, for tables.py and for tests
FUNCTION_AIM = 40
FUNCTION_CEILING = 60
FOLDER_CEILING = 12
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "shared"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in [*SOURCES, *TESTS]}


# --- import directions


class Plant(NamedTuple):
    """One wrong import: the contract that must notice it, where it is put, and what it says."""

    contract: str
    module: str
    line: str


PLANTS = [
    Plant("rooms", "faq/__init__.py", "import handoff"),
    Plant("roof", "bot/storage/__init__.py", "import bot.apply"),
    Plant("frameworks", "surveys/__init__.py", "import aiohttp"),
    Plant("database", "channels/terminal.py", "import sqlalchemy"),
    Plant("console", "bot/console/routes.py", "import sqlalchemy"),
    Plant("channels", "channels/terminal.py", "import channels.memory"),
    Plant("circles", "core/message.py", "import core.event"),
]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint_imports(house: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", *options]
    environ = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(house), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=house, env=environ, capture_output=True, text=True, check=False)


def test_import_contracts_are_kept(copied_house: Path) -> None:
    result = lint_imports(copied_house)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(PLANTS)} kept, 0 broken" in result.stdout


def test_every_contract_has_a_plant() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]
    assert contracts == [plant.contract for plant in PLANTS]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.contract)
def test_one_wrong_import_breaks_the_contract(copied_house: Path, plant: Plant) -> None:
    module = copied_house / plant.module
    before = module.read_text("utf-8")
    module.write_text(f"{before}\n{plant.line}\n", "utf-8")
    try:
        result = lint_imports(copied_house, "--contract", plant.contract)
    finally:
        module.write_text(before, "utf-8")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "1 broken" in result.stdout


def test_a_module_with_no_place_in_the_roof_is_noticed(copied_house: Path) -> None:
    stray = copied_house / "bot" / "stray.py"
    stray.write_text('"""Belongs nowhere."""\n', "utf-8")
    try:
        result = lint_imports(copied_house, "--contract", "roof")
    finally:
        stray.unlink()
    assert result.returncode == 1
    assert "stray" in result.stdout


# --- sizes


def ceiling_of(path: Path) -> int:
    is_channel = path.parent.name == "channels" or path.parent.parent.name == "channels"
    return HIGHER_CEILING if is_channel or path.name == "tables.py" or path in TESTS else CEILING


def test_modules_keep_under_their_ceiling(trees: dict[Path, ast.Module]) -> None:
    too_long = []
    for path in [*MODULES, *TESTS]:
        lines = len(path.read_text("utf-8").splitlines())
        if lines > ceiling_of(path) and "ceiling" not in (ast.get_docstring(trees[path]) or ""):
            too_long.append(f"{name_of(path)}: {lines} lines, the ceiling is {ceiling_of(path)}")
    advice = "split by meaning, or give the reason in the docstring with the word 'ceiling'"
    assert not too_long, "\n".join([advice, *too_long])


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every function with its length, counted from `def` to its last line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_can_be_read_in_one_look(trees: dict[Path, ast.Module]) -> None:
    found = [(lines, f"{name_of(path)}: {name}") for path in MODULES for name, lines in functions(trees[path])]
    long = sorted((item for item in found if item[0] > FUNCTION_AIM), reverse=True)
    print(f"\n{len(found)} functions, {len(long)} above the aim of {FUNCTION_AIM} lines:", *long, sep="\n  ")
    assert [item for item in long if item[0] > FUNCTION_CEILING] == []


def test_folders_can_be_looked_over() -> None:
    folders: dict[str, int] = {}
    for path in MODULES:
        if path.name != "__init__.py":
            folders[name_of(path.parent)] = folders.get(name_of(path.parent), 0) + 1
    assert {folder: count for folder, count in folders.items() if count > FOLDER_CEILING} == {}


# --- names and docstrings


def test_every_module_says_in_one_line_what_it_is(trees: dict[Path, ast.Module]) -> None:
    faulty = []
    for path, tree in trees.items():
        if not tree.body:  # an empty __init__.py
            continue
        first = (ast.get_docstring(tree) or "").split("\n")[0]
        if not first.endswith((".", ":", "?", "…")):
            faulty.append(f"{name_of(path)}: {first!r}")
    assert not faulty, "\n".join(["the first line of the docstring is one whole sentence", *faulty])


def test_no_name_stands_for_nothing() -> None:
    names = {name_of(path) for path in [*SOURCES, *TESTS] if {path.stem, path.parent.name} & EMPTY_NAMES}
    assert names == set()


# --- what must not stand in a file

MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:root|work|home/(?!otklik\b)\w+|Users/\w+)/[\w.]")
INDEX_ADDRESS = re.compile(
    r"(?:py" r"pi\.org|python" r"hosted\.org|registry\.npm" r"js|--(?:extra-)?index" r"-url|--find" r"-links)", re.I
)
MARK_OF_A_MERGE = re.compile(r"^(?:<{7}|>{7}) ", re.M)
TEXT_LIMIT = 2_000_000


def own_files() -> list[Path]:
    """Everything that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "pattern",
    [MACHINE_PATH, INDEX_ADDRESS, MARK_OF_A_MERGE],
    ids=["machine path", "index address", "mark of a merge"],
)
def test_no_file_holds_what_must_not_stand_there(pattern: re.Pattern[str]) -> None:
    found = []
    for path in own_files():
        if path.stat().st_size > TEXT_LIMIT:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{name_of(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_patterns_see_what_they_look_for() -> None:
    assert MACHINE_PATH.search('open("/' + 'root/x")')
    assert MACHINE_PATH.search("cd /" + "work/main")
    assert not MACHINE_PATH.search("https://example.org/" + "work/x")
    assert INDEX_ADDRESS.search("--index" + "-url=x")
    assert MARK_OF_A_MERGE.search("one\n<<<<<" + "<< HEAD\n")


# --- exact versions


def test_constraints_pin_everything_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pins = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line)] == []
    pinned = {canonical(line.split("==")[0]) for line in pins}
    assert {canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in asked} - pinned == set()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_encoders_are_pinned_alike_and_by_hash() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    lines = [line.split() for line in (ROOT / "semantic.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["semantic"]
    assert [pin for pin, *_ in lines] == [
        pin for pin in pins if any(re.match(rf"{name}\b", pin) for name in (re.split("[>=]", one)[0] for one in extra))
    ]
    assert all(
        hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes) for _, *hashes in lines
    )


def test_what_is_imported_is_asked_for(trees: dict[Path, ast.Module]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for name, lines in project["optional-dependencies"].items() if name != "dev" for line in lines]
    needed, optional = (
        {canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in lines} for lines in (project["dependencies"], extras)
    )
    used = {name: path for path in SOURCES for name in imported(trees[path])}
    distributions = packages_distributions()
    strange = {
        f"{name_of(path)}: {name}"
        for name, path in used.items()
        if name not in sys.stdlib_module_names and name not in (*PACKAGES, "tests")
        if not {canonical(found) for found in (name, *distributions.get(name, []))} & (needed | optional)
    }
    assert strange == set()
    unused = needed - {canonical(found) for name in used for found in distributions.get(name, [])}
    # openpyxl imports it where it is installed
    assert unused == {"defusedxml"}


def imported(tree: ast.Module) -> Iterator[str]:
    """Top-level names of everything a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
