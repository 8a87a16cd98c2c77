"""`heddle compare`: two runs beside each other."""

from pathlib import Path
from typing import Any

import pytest

from tests.runtime.headless.conftest import Heddle, flow_file


def flow(path: Path, factor: int) -> Path:
    blocks: dict[str, Any] = {
        "n": {"kind": "flow.input", "fields": {"name": "n"}},
        "say": {"kind": "text.template", "fields": {"text": f"{factor} times {{n}}"}},
        "shout": {"kind": "text.case", "fields": {"style": "upper"}},
        "out": {"kind": "flow.output"},
    }
    links = ("n.value -> say.n", "say.value -> shout.text", "shout.value -> out.value")
    return flow_file(path, blocks, *links)


@pytest.fixture
def run(heddle: Heddle, here: Path) -> Any:
    """Run a flow with a factor and an input; gives the run's id."""

    def run(factor: int, n: int) -> str:
        said = heddle("run", flow(here / "times.flow.json", factor), "-i", f"n={n}", "--json")
        assert said.code == 0, said.err
        return str(said.lines[0]["run"])

    return run


def test_runs_that_gave_the_same(heddle: Heddle, run: Any) -> None:
    before, after = run(2, 1), run(2, 1)

    said = heddle("compare", before, after)

    assert said.code == 0, said.err
    assert "Every block gave the same." in said.out


def test_a_changed_block_is_named_with_what_it_gave(heddle: Heddle, run: Any) -> None:
    before, after = run(2, 1), run(3, 1)

    said = heddle("compare", before, after)

    assert said.code == 1
    assert "First different: say.value, the block was changed" in said.out
    assert "2 times 1" in said.out
    assert "~ say: field `text` changed" in said.out


def test_other_inputs_are_told(heddle: Heddle, run: Any) -> None:
    before, after = run(2, 1), run(2, 5)

    (found,) = heddle("compare", before, after, "--json").lines

    assert found["inputs"] == ["n"]
    assert found["parting"]["cause"] == "inputs"
    assert [b["block"] for b in found["blocks"] if b["differing"]] == ["say", "shout", "out"]


def test_a_run_that_isnt_there(heddle: Heddle, run: Any) -> None:
    said = heddle("compare", run(2, 1), "nobody")

    assert said.code == 2
    assert "no run 'nobody'" in said.err
