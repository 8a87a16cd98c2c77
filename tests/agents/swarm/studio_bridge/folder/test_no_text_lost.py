"""However a folder and Heddle are written to, each text is on the disk or in the history."""

import contextlib
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agents.swarm.studio_bridge.folder.desk import Desk
from agents.swarm.studio_bridge.folder.disk import Disk
from agents.swarm.studio_bridge.folder.mirror import Mirror
from agents.swarm.studio_bridge.folder.names import placed_at
from agents.swarm.studio_bridge.folder.shapes import Look
from agents.swarm.studio_bridge.folder.state import FILE, HOME, Kept
from agents.swarm.studio_bridge.scripts import Scripts
from agents.swarm.studio_bridge.shapes import MAIN
from agents.swarm.studio_bridge.store import Store
from graph.errors import BadInput

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A disk that forgets when the machine stops, which doesn't matter here, is a quick one."""
FILES = st.sampled_from(
    ["Workspace/A.luau", "Workspace/A.server.luau", "Workspace/A/init.luau", "Workspace/A/B.luau"]
)  # fmt: skip
SOMEONE = st.integers(0, 1)
ENOUGH = 12
"""Looks after which both sides are alike, if nobody writes meanwhile."""


class BothSides(RuleBasedStateMachine):
    """A person in the folder, others in Heddle, and a mirror that is begun anew now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.home = tempfile.TemporaryDirectory(dir=MEMORY)
        self.folder = Path(self.home.name) / "place"
        self.folder.mkdir()
        self.store = Store(Path(self.home.name))
        self.scripts = Scripts(self.store)
        self.alive: set[str] = set()
        self.made = 0
        self.saved = b""
        self.begins_anew()

    def teardown(self) -> None:
        try:
            self.all_ends_alike()
        finally:
            self.store.close()
            self.home.cleanup()

    def text(self, *, same: bool) -> str:
        self.made += not same
        return f"-- {self.made}"

    @initialize()
    def begin_with_one_that_both_have(self) -> None:
        self.heddle_pushes("Workspace/A.luau", same=False)
        self.looks(3)

    @rule(who=SOMEONE, meanwhile=st.integers(0, 1))
    def both_change_the_same(self, who: int, meanwhile: int) -> None:
        for path in self.paths()[who : who + 1]:
            file = path.relative_to(self.folder).as_posix()
            self.heddle_pushes(file, same=False)
            self.looks(meanwhile)
            self.somebody_writes(file, same=False)
            self.looks(2)

    @rule(who=SOMEONE)
    def one_side_deletes_what_the_other_changes(self, who: int) -> None:
        for path in self.paths()[who : who + 1]:
            self.heddle_removes(who)
            self.somebody_writes(path.relative_to(self.folder).as_posix(), same=False)
            self.looks(2)

    # The mirror.

    @rule(times=st.integers(1, 3))
    def looks(self, times: int) -> None:
        for _ in range(times):
            self.mirror.look(deletes=True)

    @rule()
    def begins_anew(self) -> None:
        desk, kept = Desk(self.store, MAIN), Kept(self.folder, "here", MAIN)
        self.mirror = Mirror(Disk(self.folder), desk, kept)

    @rule()
    def is_killed_before_it_kept_what_it_did(self) -> None:
        file = self.folder / HOME / FILE
        before = file.read_bytes() if file.exists() else b""
        self.mirror.look(deletes=True)
        if before:
            file.write_bytes(before)
        else:
            shutil.rmtree(file.parent)
        self.begins_anew()

    # Heddle.

    @rule(file=FILES, same=st.booleans())
    def heddle_pushes(self, file: str, *, same: bool) -> None:
        placed = placed_at(file)
        ending = file.removeprefix(file.partition(".")[0])
        with contextlib.suppress(BadInput):  # there are two of that name
            self.scripts.push(MAIN, {placed.path + ending: self.text(same=same)}, (), "")

    @rule(who=SOMEONE)
    def heddle_removes(self, who: int) -> None:
        for one in self.scripts.infos(MAIN)[who : who + 1]:
            self.scripts.push(MAIN, {}, [one.script], "")

    # The person.

    @rule(file=FILES, same=st.booleans())
    def somebody_writes(self, file: str, *, same: bool) -> None:
        path = self.folder / file
        self.alive.discard(self.read(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(same=same))
        self.alive.add(self.read(path))

    @rule(who=SOMEONE)
    def somebody_deletes(self, who: int) -> None:
        for path in self.paths()[who : who + 1]:
            self.alive.discard(self.read(path))
            path.unlink()

    @rule(who=SOMEONE, file=FILES)
    def somebody_moves(self, who: int, file: str) -> None:
        for path in self.paths()[who : who + 1]:
            if not (self.folder / file).exists():
                (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                path.rename(self.folder / file)

    @rule()
    def somebody_decides(self) -> None:
        for path in sorted(self.folder.rglob("*.heddle")):
            if path.is_file():
                path.unlink()

    # What holds.

    @invariant()
    def no_text_is_lost(self) -> None:
        there = {self.read(path) for path in self.paths()}
        assert self.alive <= there | self.recorded()

    def all_ends_alike(self) -> None:
        look = self.ended()
        self.no_text_is_lost()
        for _ in range(3):
            if look.conflicts:
                self.somebody_decides()
                look = self.ended()
        self.no_text_is_lost()
        assert look.conflicts == []
        if not look.problems:
            assert {
                placed_at(str(path.relative_to(self.folder).as_posix())): self.read(path)
                for path in self.paths()
            } == {
                self.scripts.script(MAIN, one.script).placed: self.scripts.script(
                    MAIN, one.script
                ).source
                for one in self.scripts.infos(MAIN)
            }

    def ended(self) -> Look:
        for _ in range(ENOUGH):
            look = self.mirror.look(deletes=True)
            if not look.again:
                return look
        raise AssertionError(f"it never ends: {look}")

    def recorded(self) -> set[str]:
        """Every text that Heddle ever had."""
        return self.store.do(lambda c: {row[0].decode() for row in c.exec_driver_sql(
            "SELECT source FROM roblox_versions")})  # fmt: skip

    def paths(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*.luau") if path.is_file())

    def read(self, path: Path) -> str:
        return path.read_text() if path.is_file() else ""


TestNoTextIsLost = BothSides.TestCase
TestNoTextIsLost.settings = settings(max_examples=25, stateful_step_count=16, deadline=None)
