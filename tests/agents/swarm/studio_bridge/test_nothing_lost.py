"""However both sides edit, no text is lost: it is the newest, in the history, or still unsent."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agents.swarm.studio_bridge.scripts import Scripts
from agents.swarm.studio_bridge.shapes import MAIN, Edit, Placed, Taken
from agents.swarm.studio_bridge.store import Store
from graph.errors import BadInput

NAMES = st.sampled_from(["ServerScriptService/A", "ServerScriptService/B"])
TEXTS = st.tuples(st.lists(st.sampled_from(["one", "two"]), max_size=3), st.booleans())
"""Lines, and whether nobody wrote the same before."""
Text = tuple[list[str], bool]
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A disk that forgets when the machine stops, which doesn't matter here, is a quick one."""
SOMEONE = st.integers(0, 3)


class Instance(msgspec.Struct):
    """A script in Studio: what it holds, and what it held when both sides agreed last."""

    script: str
    path: str
    source: str
    version: int = 0
    synced: tuple[str, str] | None = None


class BothSides(RuleBasedStateMachine):
    """A Studio that does as the plugin does, against the scripts as they are really kept."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.store = Store(Path(self.folder.name))
        self.scripts = Scripts(self.store)
        self.studio: list[Instance] = []
        self.deleted: list[Instance] = []
        self.typed: set[str] = set()
        self.made = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def written(self, text: Text) -> str:
        """The text, told apart from every other if it is to be."""
        self.made += 1
        return "\n".join([*text[0], f"-- {self.made}"] if text[1] else text[0])

    @initialize()
    def begin_with_one_that_both_have(self) -> None:
        self.heddle_pushes("ServerScriptService/A", (["one", "two"], True))
        self.studio_takes()

    # Heddle's side.

    @rule(text=TEXTS, other=TEXTS)
    def both_edit_the_same(self, text: Text, other: Text) -> None:
        for one in self.studio[:1]:
            self.heddle_pushes(one.path, text)
            self.studio_types(0, other)

    @rule(name=NAMES, text=TEXTS)
    def heddle_pushes(self, name: str, text: Text) -> None:
        source = self.written(text)
        try:
            self.scripts.push(MAIN, {name: source}, (), "")
            self.typed.add(source)
        except BadInput:  # Studio has two of that name
            assert len([one for one in self.scripts.infos(MAIN) if one.path == name]) > 1

    @rule(who=SOMEONE)
    def heddle_removes(self, who: int) -> None:
        if found := self.scripts.infos(MAIN)[who : who + 1]:
            self.scripts.push(MAIN, {}, [found[0].script], "")

    @rule(who=SOMEONE, version=st.integers(1, 4))
    def heddle_rolls_back(self, who: int, version: int) -> None:
        if found := self.scripts.infos(MAIN)[who : who + 1]:
            last = self.scripts.history(MAIN, found[0].script, 1)[0].version
            self.scripts.roll_back(MAIN, found[0].script, min(version, last))

    @rule(who=SOMEONE, side=st.sampled_from(["heddle", "studio", "marked"]))
    def somebody_settles(self, who: int, side: str) -> None:
        if found := self.scripts.conflicts(MAIN)[who : who + 1]:
            self.scripts.resolve(MAIN, found[0].script, lambda one: getattr(one, side))
            assert found[0].script not in [one.script for one in self.scripts.conflicts(MAIN)]

    # Studio's side.

    @rule(name=NAMES, text=TEXTS)
    def studio_makes(self, name: str, text: Text) -> None:
        source = self.written(text)
        self.studio.append(Instance(f"{self.made:032x}", name, source))

    @rule(who=SOMEONE, text=TEXTS)
    def studio_types(self, who: int, text: Text) -> None:
        for one in self.studio[who : who + 1]:
            one.source = self.written(text)

    @rule(who=SOMEONE, name=NAMES)
    def studio_moves(self, who: int, name: str) -> None:
        for one in self.studio[who : who + 1]:
            one.path = name

    @rule(who=SOMEONE)
    def studio_deletes(self, who: int) -> None:
        for one in self.studio[who : who + 1]:
            self.studio.remove(one)
            self.deleted.append(one)

    @rule(heard=st.booleans())
    def studio_sends(self, heard: bool) -> None:
        dirty = [one for one in self.studio if one.synced != (one.path, one.source)]
        self._send(dirty, self.deleted, heard)

    @rule()
    def studio_takes(self) -> None:
        for change in self.scripts.lacking(MAIN, ()):
            path = "/".join(change.path)
            one = next((one for one in self.studio if one.script == change.script), None)
            if one is None:
                if change.gone or any(gone.script == change.script for gone in self.deleted):
                    continue
                one = Instance(change.script, path, change.source)
                self.studio.append(one)
            elif one.synced != (one.path, one.source):
                continue  # it was edited meanwhile, and says so first
            if change.gone:
                self.studio.remove(one)
            one.path, one.source, one.version = path, change.source, change.version
            one.synced = path, change.source
            self.scripts.confirm(MAIN, {change.script: change.version})

    @rule(heard=st.booleans())
    def studio_starts_again(self, heard: bool) -> None:
        self.scripts.forget_studio(MAIN)
        self.deleted.clear()
        self._send(self.studio, [], heard)

    @rule()
    def the_bridge_starts_again(self) -> None:
        self.store.close()
        self.store = Store(Path(self.folder.name))
        self.scripts = Scripts(self.store)

    def _send(self, there: list[Instance], gone: list[Instance], heard: bool) -> None:
        """Say what Studio has; what it isn't told of it says again another time."""
        edits = [_edit(one) for one in there] + [_edit(one, gone=True) for one in gone]
        answers = self.scripts.take_in(MAIN, edits)
        self.typed |= {one.source for one in there}
        if heard:
            for one, answer in zip(there, answers, strict=False):
                _hear(one, answer)
            self.deleted.clear()

    # What always holds.

    @invariant()
    def every_text_is_somewhere(self) -> None:
        kept = {
            self.scripts.script(MAIN, script, info.version).source
            for script in self._all()
            for info in self.scripts.history(MAIN, script, 10_000)
        }
        assert self.typed <= kept

    @invariant()
    def both_sides_of_a_conflict_can_be_read(self) -> None:
        for one in self.scripts.conflicts(MAIN):
            assert one.heddle != one.studio
            assert one.base is None or one.base not in (one.heddle, one.studio)

    @rule()
    def in_the_end_both_have_the_same(self) -> None:
        """Once all is sent, taken and settled, both sides agree."""
        for _ in range(3):
            self.studio_sends(True)
            for conflict in self.scripts.conflicts(MAIN):
                self.scripts.resolve(MAIN, conflict.script, lambda one: one.studio)
            self.studio_takes()
        assert self.scripts.lacking(MAIN, ()) == []
        kept = {
            one.script: self.scripts.script(MAIN, one.script) for one in self.scripts.infos(MAIN)
        }
        assert {one.script: (one.path, one.source) for one in self.studio} == {
            script: (version.path, version.source) for script, version in kept.items()
        }

    def _all(self) -> list[str]:
        return self.store.do(lambda c: [r[0] for r in c.exec_driver_sql(
            "SELECT DISTINCT script FROM roblox_scripts")])  # fmt: skip


def _edit(one: Instance, *, gone: bool = False) -> Edit:
    return Edit(
        placed=Placed(one.path, "ModuleScript"),
        source=one.source,
        script=one.script,
        base=one.version,
        gone=gone,
    )


def _hear(one: Instance, answer: Taken) -> None:
    one.script, one.version = answer.script, answer.version
    one.synced = one.path, one.source


TestNothingIsLost = BothSides.TestCase
TestNothingIsLost.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_a_conflict_is_over_once_heddle_has_the_text_of_studio(tmp_path: Path) -> None:
    store = Store(tmp_path)
    scripts = Scripts(store)
    path = "ServerScriptService/A"
    scripts.push(MAIN, {path: "both"}, (), "")
    (change,) = scripts.lacking(MAIN, ())
    scripts.confirm(MAIN, {change.script: change.version})
    scripts.push(MAIN, {path: "Heddle's"}, (), "")
    theirs = Instance(change.script, path, "Studio's", change.version)
    scripts.take_in(MAIN, [_edit(theirs)])
    assert [one.path for one in scripts.conflicts(MAIN)] == [path]

    scripts.push(MAIN, {path: "Studio's"}, (), "")

    assert scripts.conflicts(MAIN) == []
    store.close()
