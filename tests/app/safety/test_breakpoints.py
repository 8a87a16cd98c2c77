import signal
import subprocess
import sys
from pathlib import Path

from app.safety.breakpoints import BreakpointStore, key_of
from runtime.breakpoints import Breakpoint

POINTS = [
    Breakpoint("p", "orders/parse", at="after", port="value", condition="value > 3"),
    Breakpoint("q", enabled=False, cost=0.5),
]

WRITES_AND_WRITES = """
import sys
from pathlib import Path
from app.safety.breakpoints import BreakpointStore
from runtime.breakpoints import Breakpoint
store, n = BreakpointStore(Path(sys.argv[1])), 0
while True:
    n += 1
    store.write("a flow", [Breakpoint(str(i), "x" * 500) for i in range(n % 50 + 1)])
    print(n, flush=True)
"""


def test_breakpoints_come_back_as_they_were(tmp_path: Path) -> None:
    BreakpointStore(tmp_path).write("a flow", POINTS)

    assert BreakpointStore(tmp_path).read("a flow") == POINTS
    assert BreakpointStore(tmp_path).read("another") == []


def test_a_flow_without_any_has_no_file(tmp_path: Path) -> None:
    store = BreakpointStore(tmp_path)
    store.write("a flow", POINTS)

    store.write("a flow", [])

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cant_be_read_is_put_aside(tmp_path: Path) -> None:
    store = BreakpointStore(tmp_path)
    store.write("a flow", POINTS)
    (file,) = tmp_path.iterdir()
    file.write_text("{")

    assert store.read("a flow") == []
    assert [path.suffix for path in tmp_path.iterdir()] == [".unreadable"]


def test_a_studio_killed_while_it_writes_leaves_whole_files(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITES_AND_WRITES, str(tmp_path)], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    while int(writer.stdout.readline()) < 100:
        pass
    writer.send_signal(signal.SIGKILL)
    writer.wait(10)
    writer.stdout.close()

    assert BreakpointStore(tmp_path).read("a flow")


def test_a_flow_is_known_by_its_file_and_until_then_by_its_folder(tmp_path: Path) -> None:
    assert key_of(tmp_path / "a.json", tmp_path) == str(tmp_path / "a.json")
    assert key_of(None, tmp_path) == str(tmp_path)
    assert key_of(None, None) == ""
