"""The pack that the how-to shows works as it says."""

import shutil
from pathlib import Path

from graph.flow import Block, Flow
from runtime.compose import RESOURCES, compose, granted
from runtime.events import RunSucceeded
from runtime.plugins import installed
from runtime.settings import Settings

EXAMPLE = RESOURCES.parent / "docs/how_to/example_pack.py"


async def test_the_example_pack_runs(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    shutil.copy(EXAMPLE, packs / "yarn.py")
    blocks = installed(packs)
    flow = Flow.of(
        [
            Block("skeins", "yarn.skeins", {"metres": 250}),
            Block("weight", "yarn.weight", {"metres": 200, "tex": 50}),
            Block("order", "yarn.order", {"skeins": 3}),
            Block("all", "logic.merge_all"),
            Block("out", "flow.output"),
        ],
        [
            ("skeins.skeins", "all.skeins"),
            ("weight.grams", "all.grams"),
            ("order.number", "all.number"),
            ("all.value", "out.value"),
        ],
    )
    settings = Settings(home=str(tmp_path))

    async with compose(settings, granted(tmp_path), blocks=blocks, place="memory:") as runtime:
        end = await runtime.ended(await runtime.start(flow))

    assert not blocks.problems
    assert isinstance(end, RunSucceeded), end
    number = f"{end.run}:order"
    assert end.outputs == {
        "result": {"skeins": [100.0, 100.0, 50], "grams": 10.0, "number": number}
    }
    assert (tmp_path / "orders.txt").read_text() == f"{number}: 3 skeins\n"


def test_its_examples_hold(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "yarn.py")

    for spec in installed(tmp_path).catalog:
        if spec.category == "yarn":
            for example in spec.examples:
                assert spec.function(**example.inputs) == example.output
