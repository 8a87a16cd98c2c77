"""A secret that a run uses is found nowhere afterwards, in none of the forms it may take."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.mirror import forms, mirror

ROOT = Path(__file__).resolve().parents[2]
SECRET = "planted/7c1e+9f&key"
FORMS = forms(SECRET)

FLOW: dict[str, Any] = {
    "heddle": 1,
    "name": "Taint",
    "blocks": {
        "at": {"kind": "flow.input", "fields": {"name": "at", "type": "text", "required": True}},
        "fine": {
            "kind": "http.request",
            "fields": {
                "url": {"$expr": "at + '/echo'"},
                "headers": {"X-Key": {"$secret": "planted"}},
                "body": {"key": {"$secret": "planted"}},
            },
        },
        "let_in": {
            "kind": "http.request",
            "fields": {
                "url": {"$expr": "at + '/echo'"}, "body": "x",
                "connection": {"$connection": "service"},
            },
        },
        "told": {"kind": "text.template", "fields": {"text": "It said {fine}"}},
        "wrong": {
            "kind": "http.request",
            "fields": {
                "url": {"$expr": "at + '/refuse'"},
                "headers": {"X-Key": {"$secret": "planted"}},
            },
            "settings": {"on_error": "port"},
        },
        "out": {"kind": "flow.output"},
        "seen": {"kind": "flow.output", "fields": {"name": "seen"}},
        "error": {"kind": "flow.output", "fields": {"name": "error"}},
    },
    "links": [
        "at.value -> fine.at", "at.value -> wrong.at", "at.value -> let_in.at",
        "fine.body -> told.fine",
        "told.value -> out.value", "wrong.error -> error.value",
        "let_in.body -> seen.value",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with mirror() as at:
        yield at


class Told:
    """What all commands said, and a way to give one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: list[str] = []

    def heddle(self, *words: str, secret: bool = True, typed: str = "") -> str:
        environment = {
            "PATH": "/usr/bin:/bin", "HEDDLE_HOME": str(self.folder / "home"),
            "PYTHONPATH": str(ROOT), "HEDDLE_DEBUG": "1",
        } | ({"HEDDLE_SECRET_PLANTED": SECRET} if secret else {})  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *words], cwd=self.folder, text=True,
            env=environment, input=typed, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        self.all += [done.stdout, done.stderr]
        assert done.returncode in (0, 1), done.stderr
        return done.stdout


@pytest.mark.slow
def test_a_planted_secret_comes_up_nowhere(tmp_path: Path, address: str) -> None:
    told = Told(tmp_path)
    flow = tmp_path / "taint.flow.json"
    flow.write_text(json.dumps(FLOW))

    where = ("--field", f"address={address}", "--field", "user=me", "--secret", "token")
    told.heddle("connections", "set", "service", "--kind", "http", *where, typed=SECRET)
    told.heddle("secrets", "set", "other", typed=SECRET)
    lines = told.heddle("run", "taint.flow.json", "-i", f"at={address}", "--json").splitlines()
    run = json.loads(lines[0])["run"]
    again = told.heddle("replay", run, "--from", "told", "--json").splitlines()
    for words in (
        ("show", run), ("show", run, "--json"), ("show", run, "--events"),
        ("show", run, "--task", "fine"), ("show", run, "--task", "wrong"),
        ("runs", "--json"), ("runs", "--find", "planted"),
        ("bundle", "export", run, "-o", "told.run"),
        ("test", "taint.flow.json", "--record", run), ("test", "taint.flow.json"),
        ("test", "taint.flow.json", "--json", "--junit", "told.xml"),
        ("export", "taint.flow.json", "--to", "python"),
        ("connections", "list", "--json"), ("connections", "show", "service"),
        ("connections", "test", "service"), ("secrets", "list"), ("doctor",),
        ("compare", run, json.loads(again[0])["run"]),
    ):  # fmt: skip
        told.heddle(*words)

    assert "•••" in "".join(told.all), "the values are there, the secret in them isn't"
    with zipfile.ZipFile(tmp_path / "told.run") as bundle:
        unpacked = b"".join(bundle.read(name) for name in bundle.namelist())
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    texts = {"what was said": "\n".join(told.all).encode(), "the bundle": unpacked} | {
        str(path.relative_to(tmp_path)): content for path, content in kept.items()
    }
    found = {(where, form) for where, text in texts.items() for form in FORMS
             if form.encode() in text}  # fmt: skip
    assert found == set()
