import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.bridge.process import NotStarted, RuntimeProcess
from runtime.services.server import Listening
from runtime.settings import Settings

STARTER = """
import sys, time
from app.bridge.process import RuntimeProcess
from runtime.settings import Settings

process = RuntimeProcess(Settings(home=sys.argv[1], database_url="memory:"))
process.start()
print(process.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_it_ends_with_a_studio_that_is_killed(tmp_path: Path) -> None:
    studio = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert studio.stdout is not None
    with studio.stdout:
        runtime = int(studio.stdout.readline())
        assert not gone(runtime)

        studio.send_signal(signal.SIGKILL)
        studio.wait()

    for _ in range(150):
        if gone(runtime):
            break
        time.sleep(0.1)
    assert gone(runtime)


def test_one_that_cant_start_says_what_it_said_last(tmp_path: Path) -> None:
    process = RuntimeProcess(Settings(home=str(tmp_path)))
    (tmp_path / "heddle.db").mkdir()

    with pytest.raises(NotStarted) as refused:
        process.start()

    assert "can't be started" in str(refused.value)
    assert str(process.log_file) in refused.value.cure
    assert process.pid == 0


def test_a_home_that_cant_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")

    with pytest.raises(NotStarted, match="can't be written"):
        RuntimeProcess(Settings(home=str(tmp_path))).start()


def test_it_is_found_where_it_was_before_and_a_second_one_elsewhere(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path), database_url="memory:")
    free = Listening("127.0.0.1", 0)
    free.socket.close()
    (tmp_path / "port").write_text(str(free.port))
    first, second, again = (RuntimeProcess(settings) for _ in range(3))

    try:
        place, other = first.start(), second.start()
        first.end()
        back = again.start()
    finally:
        for process in (first, second, again):
            process.end()

    assert place.address == back.address == f"http://127.0.0.1:{free.port}"
    assert other.address != place.address
    assert place.token != back.token
