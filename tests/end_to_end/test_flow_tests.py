"""Tests of flows as a build server has them: processes, a run of a server, a secret, Ctrl-C."""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.end_to_end.test_command_line import Machine, machine, server, waiting

__all__ = ["machine", "server"]

SECRET = "pl4nted-s3cret"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def test_a_run_of_a_server_becomes_a_test_without_its_secret(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_NAME", SECRET)
    Path(SECRET).write_text(f"inside {SECRET}")
    process = machine.begin("serve", "--port", "0", "--json")
    assert process.stdout is not None
    machine.know_server(**json.loads(process.stdout.readline()))
    blocks = {
        "read": {"kind": "files.read", "fields": {"path": {"$secret": "name"}}},
        "out": {"kind": "flow.output", "fields": {"name": "text"}},
    }
    flow = machine.flow("secretive", blocks, "read.content -> out.value")
    run = machine.lines("run", flow)[0]["run"]

    recorded = machine.heddle("test", flow, "--record", run)
    machine.forget_server()
    monkeypatch.delenv("HEDDLE_SECRET_NAME")
    Path(SECRET).unlink()
    said = machine.heddle("test", flow, "--junit", "results.xml", "--json")

    tests = Path("secretive.tests.json").read_text()
    assert (recorded.code, said.code) == (0, 0), (recorded, said)
    assert "inside •••" in tests
    for text in (tests, recorded.out, recorded.err, said.out, Path("results.xml").read_text()):
        assert SECRET not in text
    assert ET.parse("results.xml").getroot().get("tests") == "1"


def test_ctrl_c_ends_the_tests_and_leaves_nothing_behind(machine: Machine) -> None:
    flow = waiting(machine, 600)
    tests = {"heddle_tests": 1, "cases": {"quick": {"skip": "yes"}, "long": {"unrecorded": "do"}}}
    Path("waiting.tests.json").write_text(json.dumps(tests))
    process = machine.begin("test", flow, "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["state"] == "skipped"

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 130, err
    assert "unexpected" not in err
    assert not Path("log.txt").exists()


def test_the_exit_code_is_for_build_servers(machine: Machine) -> None:
    flow = machine.flow("one", {"out": {"kind": "flow.output", "fields": {"value": 1}}})
    Path("good.tests.json").write_text("{")
    Path("one.tests.json").write_text(
        json.dumps({"heddle_tests": 1, "cases": {"it": {"expect": {"result": {"equals": 1}}}}})
    )

    one = machine.begin("test", flow)
    one.communicate(timeout=30)
    every = machine.begin("test", ".", "--junit", "all.xml")
    out, _ = every.communicate(timeout=30)
    none = machine.begin("test", "nothing.flow.json", stdout=subprocess.DEVNULL)
    none.communicate(timeout=30)

    assert (one.returncode, every.returncode, none.returncode) == (0, 1, 2)
    assert "the file ends in the middle" in out
    assert "✓ it" in out
    root = ET.parse("all.xml").getroot()
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["2", "0", "1"]
