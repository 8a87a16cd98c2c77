"""What is found in scripts, held against what the real compiler says."""

import json
import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.swarm.studio_bridge.luau import findings
from agents.swarm.studio_bridge.plugin import FOLDER
from tests.servers.peers import NODE, peer_or_skip

HERE = Path(__file__).parent
SCRIPTS = [
    path.read_text("utf-8") for path in (*FOLDER.glob("*.luau"), HERE / "studio" / "roblox.luau")
]
TRICKY = [
    "local x = if a then 1 else 2\nif x then print(x) end",
    "local x = if a then if b then 1 else 2 else if c then 3 else 4",
    "return function() return if a then {if b then 1 else 2} else `{if c then `{d}` else 'e'}` end",
    "type A = Array<number>\nif a then b() end\nlocal c = a > if d then 1 else 2",
    "if a then if b then c() end elseif d then e() else if f then g() end end",
    "local s = [==[ ]] end ( ]==] --[[ end ( ]] .. '\\'end' .. \"\\z  \n  (\"",
    "repeat local y = if q then 1 else 2 until y > 1",
    "for _, v in if a then b else c do while if v then v else w do break end end",
    "x = y if z then w() end",
    "type F = (number) -> (string, ...any)\nlocal t: {[string]: F} = {}",
    "f{a}; f'b' f[[c]] if d then end",
    "local n = 0x_ff + 1e-3 + .5 + 3..''",
]


def compiled(sources: Sequence[str]) -> list[str]:
    """What the compiler of Luau says of each, "" for nothing."""
    luau = peer_or_skip("luau-web")
    lines = "".join(f"{json.dumps(one)}\n" for one in sources)
    done = subprocess.run(
        [NODE, "--liftoff-only", HERE / "luau_oracle.mjs", luau],
        input=lines, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nothing_is_found_in_what_the_compiler_takes() -> None:
    whole = [*SCRIPTS, *TRICKY[:7], *TRICKY[8:10]]

    assert compiled(whole) == [""] * len(whole)
    assert [findings("a", one) for one in [*SCRIPTS, *TRICKY]] == [[]] * (
        len(SCRIPTS) + len(TRICKY)
    )


def test_what_is_found_in_torn_scripts_the_compiler_refuses_as_well() -> None:
    chance = random.Random(45)
    torn = []
    for _ in range(200):
        source = chance.choice(SCRIPTS)
        words = list(
            re.finditer(r"\b(?:end|then|do|if|else|function|until)\b|[(){}\[\]`\"']", source)
        )
        word = chance.choice(words)
        begin, end = word.span()
        torn.append(source[:begin] + chance.choice(["", word[0] * 2, " end "]) + source[end:])

    said = compiled(torn)
    found = [findings("a", one) for one in torn]

    assert [one for one, why, what in zip(torn, said, found, strict=True) if what and not why] == []
    refused = [what for why, what in zip(said, found, strict=True) if why]
    assert sum(map(bool, refused)) > len(refused) / 2


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("function f()\n\tprint(1)\n", 1, "function begins here and never ends."),
        ("f(\n}", 2, "} doesn't end the ( of line 1."),
        ("end", 1, "end ends something that never began."),
        ("x = 'a\n", 1, "A text begins here and doesn't end in its line."),
        ("\n--[[ a", 2, "A comment begins here and never ends; ]] ends it."),
        ("x = `a{b`", 1, "A text begins here and doesn't end in its line."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(source: str, line: int, message: str) -> None:
    (found,) = findings("a", source)

    assert (found.line, found.message) == (line, message)
