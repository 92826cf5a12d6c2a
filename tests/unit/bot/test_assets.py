"""Scripts and styles lose comments and idle spaces on their way out, and nothing that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.assets import load, slim_script, slim_style

ROOT = Path(__file__).parents[3] / "bot"
FILES = sorted([*ROOT.glob("console/static/**/*.*"), *ROOT.glob("website/static/*.*")])
SCRIPTS = [path for path in FILES if path.suffix == ".js"]


def test_script_keeps_its_statements_and_strings() -> None:
    text = """// What it does.
/* one
   two */
const a = 1; // why
  if (a) {
    say("// no comment", 'http://x'); // it's kept: a quote is near
  }
  const b = (one) => one + +a - -a
  const [c, ...d] = { x: `a = ${b}`, y: "f ( x )" }
  let e = c.match(/ = ( /) || [ 1 ], f = `${d ? `a = b` : 2}`;
"""
    assert slim_script(text) == (
        "const a=1;if(a){say(\"// no comment\", 'http://x'); // it's kept: a quote is near\n}\n"
        "const b=(one)=>one + +a - -a\n"
        'const[c,...d]={x:`a = ${b}`,y:"f ( x )"}\n'
        "let e = c.match(/ = ( /) || [ 1 ], f = `${d ? `a = b` : 2}`;"
    )


def test_style_keeps_what_spaces_mean() -> None:
    text = """/* colours */
a :hover, a:hover > b { margin: 0 calc(1px + 2px); color: light-dark(#fff, #000); }
@media (max-width: 820px) and (pointer: coarse) {
  .row { font: 700 2.4rem/1 "Noto Sans", sans-serif; margin: 0.5em -0.25em 10.5em; }
}
"""
    assert slim_style(text) == (
        "a :hover,a:hover>b{margin:0 calc(1px + 2px);color:light-dark(#fff,#000)}"
        "@media (max-width: 820px) and (pointer: coarse){.row{"
        'font:700 2.4rem/1 "Noto Sans",sans-serif;margin:.5em -0.25em 10.5em}}\n'
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_are_written_so_that_it_is_safe(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        assert line.count("`") % 2 == 0, "text that goes on over lines would lose its indentation"
        opens = re.search(r"/\*", line)
        assert not opens or line.strip().startswith("/*") or "*/" in line, "a comment begins behind code and goes on"
        assert not line.strip().startswith("/*") or "*/" not in line or line.strip().endswith("*/"), "code behind it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_packed_is_smaller_and_the_same(path: Path) -> None:
    import gzip

    file = load(path)
    body, headers = file.body("gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < len(file.content)
    assert gzip.decompress(body) == file.content
    assert file.body("br") == (file.content, {name: headers[name] for name in headers if name != "Content-Encoding"})
