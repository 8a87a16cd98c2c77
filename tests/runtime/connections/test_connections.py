"""Connections: kept without their secrets, given with them, agreed to, and shared by processes."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from agents.errors import Refused
from graph.connections import Connection, ConnectionField, ConnectionKind
from runtime.connections.connections import Connections
from runtime.connections.contents import (
    BadConnection,
    BookUnreadable,
    Draft,
    NoConnection,
    NotAgreed,
)
from runtime.plugins import Connectable, own_connectable
from runtime.secrets.environment import NoSecret
from runtime.secrets.keep import Exposed, KeyringFailed

ROOT = Path(__file__).resolve().parents[3]
SECRET = "planted/7c1e+9f&key"

MODEL = ConnectionKind(
    "model",
    "A model",
    "mdi6.brain",
    (
        ConnectionField("key", secret=True, required=True),
        ConnectionField("base_url", default="https://model.example", editor="url"),
    ),
    variables={"MODEL_KEY": "key", "MODEL_BASE_URL": "base_url"},
)
SERVER = ConnectionKind(
    "server",
    "A program",
    "mdi6.console",
    (
        ConnectionField("note"),
        ConnectionField("command", required=True, editor="command"),
        ConnectionField("token", secret=True),
    ),
    asks_first=True,
)


async def fussy(connection: Connection) -> str:
    if connection.get("key") == "right":
        return "3 models."
    raise Refused(f"{connection.get('key')} is no key.")


async def broken(connection: Connection) -> str:
    raise ZeroDivisionError(f"divided by {connection.get('token')}")


KINDS = (Connectable(MODEL, fussy), Connectable(SERVER, broken), *own_connectable())


def at(home: Path, **variables: str) -> Connections:
    return Connections(home, KINDS, prefer="vault", variables=variables, now=lambda: 1000.0)


def model(name: str = "m", key: str = SECRET, **fields: str) -> Draft:
    return Draft(name=name, kind="model", fields=fields, secrets={"key": key})


def server(command: str, secrets: dict[str, str] | None = None, **fields: str) -> Draft:
    named = {"command": command, **fields}
    return Draft(name="s", kind="server", fields=named, secrets=secrets or {})


# Kept and given


def test_a_connection_is_given_with_its_secret_and_shown_without(tmp_path: Path) -> None:
    shown = at(tmp_path).put(model())

    assert shown.secrets == ("key",)
    assert shown.where == "vault"
    assert SECRET not in repr(at(tmp_path).overview())
    given = at(tmp_path).connection("m")
    assert given.fields == {"key": SECRET, "base_url": "https://model.example"}
    assert given.secrets == (SECRET,)
    assert SECRET not in repr(given)


def test_the_file_holds_no_secret_and_is_its_owners_alone(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put(model())
    connections.put_secret("token", SECRET)

    for path in tmp_path.iterdir():
        assert SECRET.encode() not in path.read_bytes()
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads((tmp_path / "connections.json").read_text())["version"] == 1


def test_what_is_not_named_stays_and_an_empty_secret_is_taken_away(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put(model())

    connections.put(Draft(name="m", kind="model", fields={"base_url": "https://other.example"}))
    assert connections.connection("m").fields == {
        "key": SECRET, "base_url": "https://other.example",
    }  # fmt: skip
    with pytest.raises(BadConnection, match="key is missing"):
        connections.put(Draft(name="m", kind="model", secrets={"key": ""}))

    connections.put(Draft(name="s", kind="server", fields={"command": "x"}, secrets={"token": "t"}))
    connections.put(Draft(name="s", kind="server", fields={"command": "x"}, secrets={"token": ""}))
    assert connections.show("s").secrets == ()


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (model("a/b"), "can't be a name"),
        (model(""), "can't be a name"),
        (Draft(name="m", kind="modl"), "no kind of connection 'modl'. Did you mean 'model'?"),
        (Draft(name="m", kind="model"), "key is missing"),
        (model(bse_url="x"), "no field 'bse_url'"),
        (model(base_url="https://me:word@model.example"), "password in base_url"),
        (model(base_url="https://x\n.example"), "can't be seen"),
        (Draft(name="m", kind="model", fields={"key": "k"}), "is given as one"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(tmp_path: Path, draft: Draft, said: str) -> None:
    with pytest.raises(BadConnection) as caught:
        at(tmp_path).put(draft)

    assert said in str(caught.value)
    assert at(tmp_path).overview().connections == ()


def test_a_removed_connection_leaves_nothing(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put(model())
    connections.remove("m")

    with pytest.raises(NoConnection, match="no connection 'm'"):
        connections.connection("m")
    connections.put(Draft(name="m", kind="server", fields={"command": "x"}))
    assert connections.show("m").secrets == ()


def test_names_come_in_the_order_they_were_made_in(tmp_path: Path) -> None:
    connections = at(tmp_path, MODEL_KEY="k")
    for name in ("z", "a"):
        connections.put(model(name))
    connections.put(Draft(name="s", kind="server", fields={"command": "x"}))

    assert connections.names() == ("z", "a", "s", "model")
    assert connections.names("model") == ("z", "a", "model")
    with pytest.raises(NoConnection, match="Did you mean 'model'"):
        connections.connection("modl")


# From variables


def test_variables_give_a_connection_that_nobody_made(tmp_path: Path) -> None:
    connections = at(tmp_path, MODEL_KEY=SECRET, MODEL_BASE_URL="https://mine.example")

    given = connections.connection("model")
    assert given.fields == {"key": SECRET, "base_url": "https://mine.example"}
    assert given.secrets == (SECRET,)
    assert connections.show("model").where == "environment"
    assert SECRET not in repr(connections.overview())
    with pytest.raises(BadConnection, match="variables"):
        connections.remove("model")


def test_an_address_alone_gives_none_and_a_made_one_comes_before(tmp_path: Path) -> None:
    assert at(tmp_path, MODEL_BASE_URL="https://mine.example").names() == ()

    connections = at(tmp_path, MODEL_KEY="from the variable")
    connections.put(model("model", key="made"))
    assert connections.connection("model").get("key") == "made"
    assert connections.names() == ("model",)


# Agreed to


def test_what_starts_a_program_is_agreed_to_first_and_again_when_it_changes(
    tmp_path: Path,
) -> None:
    connections = at(tmp_path)
    shown = connections.put(server("run it", note="n"))
    assert (shown.agreed, list(shown.agrees_to)) == (False, ["command", "note"])
    with pytest.raises(NotAgreed):
        connections.connection("s")
    with pytest.raises(BadConnection, match="changed meanwhile"):
        connections.agree("s", {"command": "run another"})

    connections.agree("s", shown.agrees_to)
    assert connections.connection("s").get("command") == "run it"

    connections.put(server("run it --all", note="n"))
    with pytest.raises(NotAgreed):
        connections.connection("s")


# Tried out


async def test_a_test_says_what_the_other_side_said_without_the_secret(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put(model(key="right"))
    connections.put(model("wrong"))
    connections.put(server("x", {"token": "hid-den"}))
    connections.agree("s", connections.show("s").agrees_to)

    assert (await connections.test("m")).said == "3 models."
    assert connections.show("m").tested == await connections.test("m")
    refused = await connections.test("wrong")
    assert (refused.ok, refused.said) == (False, "••• is no key.")
    raised = await connections.test("s")
    assert (raised.ok, raised.said) == (False, "ZeroDivisionError: divided by •••")

    connections.put(model(key="another"))
    assert connections.show("m").tested is None, "what was tried is not what is there now"


async def test_a_test_leaves_no_secret_in_the_file(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put(model())
    await connections.test("m")

    assert SECRET not in (tmp_path / "connections.json").read_text()


# Plain secrets


def test_plain_secrets_come_from_their_variable_or_from_the_vault(tmp_path: Path) -> None:
    connections = at(tmp_path)
    connections.put_secret("github.token", "kept")
    assert connections.secret("github.token") == "kept"

    assert at(tmp_path, HEDDLE_SECRET_GITHUB_TOKEN="set").secret("github.token") == "set"

    connections.remove_secret("github.token")
    with pytest.raises(NoSecret, match=r"no secret 'github\.token'"):
        connections.secret("github.token")


def test_everything_secret_is_known_for_what_leaves_the_machine(tmp_path: Path) -> None:
    connections = at(tmp_path, MODEL_KEY="1", HEDDLE_SECRET_A="2")
    connections.put(model(key="3"))
    connections.put_secret("plain", "4")

    assert sorted(connections.all_values()) == ["1", "2", "3", "4"]


# The file, shared and damaged


def test_many_processes_make_connections_at_once(tmp_path: Path) -> None:
    write = (
        "import sys; from pathlib import Path\n"
        "from runtime.connections.connections import Connections\n"
        "from runtime.connections.contents import Draft\n"
        "from runtime.plugins import own_connectable\n"
        "here = Connections(Path(sys.argv[1]), own_connectable(), prefer='vault', variables={})\n"
        "for n in range(10):\n"
        "    fields, secrets = {'address': 'https://x.example'}, {'token': sys.argv[2] * (n + 1)}\n"
        "    here.put(Draft(name=f'c{sys.argv[2]}-{n}', kind='http', fields=fields,\n"
        "                   secrets=secrets))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", write, str(tmp_path), str(w)], cwd=ROOT)
        for w in range(3)
    ]
    assert [writer.wait(timeout=50) for writer in writers] == [0] * 3

    here = at(tmp_path)
    assert {name: here.connection(name).get("token") for name in here.names()} == {
        f"c{w}-{n}": str(w) * (n + 1) for w in range(3) for n in range(10)
    }


def test_others_changes_are_seen_at_once(tmp_path: Path) -> None:
    mine, theirs = at(tmp_path), at(tmp_path)
    mine.put(model(key="1"))
    assert theirs.connection("m").get("key") == "1"
    mine.put(model(key="2"))
    assert theirs.connection("m").get("key") == "2"


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "can't be read"), ('{"version": 99}', "newer Heddle"), ("[]", "can't be read")],
)
def test_a_file_that_is_not_understood_stays_as_it_is(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "connections.json"
    file.write_text(content)
    file.chmod(0o600)

    with pytest.raises(BookUnreadable, match=said):
        at(tmp_path).names()
    with pytest.raises(BookUnreadable):
        at(tmp_path).put(model())
    assert file.read_text() == content


@pytest.mark.skipif(os.name != "posix", reason="there are no modes to look at")
def test_a_file_that_others_may_change_is_refused(tmp_path: Path) -> None:
    at(tmp_path).put(model())
    (tmp_path / "connections.json").chmod(0o622)

    with pytest.raises(Exposed, match="Others may change"):
        at(tmp_path).connection("m")


# The keyring


class Drawer(keyring.backend.KeyringBackend):
    """A keyring that keeps everything in memory, and may be locked."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self._look()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._look()
        del self.kept[service, username]

    def _look(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")


keyring.backend.KeyringBackend._classes.discard(Drawer)  # or it would be found by itself


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    made = Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def in_keyring(home: Path, **more: Any) -> Connections:
    return Connections(home, KINDS, variables={}, **more)


def test_secrets_are_in_the_keyring_where_there_is_one(tmp_path: Path, drawer: Drawer) -> None:
    connections = in_keyring(tmp_path)
    shown = connections.put(model())

    assert shown.where == "keyring"
    assert not (tmp_path / "vault.bin").exists()
    assert list(drawer.kept.values()) == [SECRET]
    assert connections.connection("m").get("key") == SECRET
    connections.remove("m")
    assert drawer.kept == {}


def test_homes_of_one_machine_do_not_mix(tmp_path: Path, drawer: Drawer) -> None:
    one, two = in_keyring(tmp_path / "one"), in_keyring(tmp_path / "two")
    one.put(model(key="1"))
    two.put(model(key="2"))

    assert (one.connection("m").get("key"), two.connection("m").get("key")) == ("1", "2")


def test_the_keyring_is_asked_once_until_something_changes(tmp_path: Path, drawer: Drawer) -> None:
    connections = in_keyring(tmp_path)
    connections.put(model())
    connections.connection("m")
    asked = drawer.asked
    for _ in range(5):
        connections.connection("m")
    assert drawer.asked == asked

    in_keyring(tmp_path).put(model(key="new"))
    assert connections.connection("m").get("key") == "new"


def test_without_a_keyring_there_is_the_vault_and_it_says_why(tmp_path: Path) -> None:
    connections = in_keyring(tmp_path)

    seen = connections.overview()
    assert (seen.kept_in, seen.why) == ("vault", "there is no keyring here")
    assert connections.put(model()).where == "vault"
    with pytest.raises(KeyringFailed, match="HEDDLE_SECRETS_IN"):
        in_keyring(tmp_path / "other", prefer="keyring").put(model())


def test_a_locked_keyring_says_what_to_do_and_nothing_is_lost(
    tmp_path: Path, drawer: Drawer
) -> None:
    connections = in_keyring(tmp_path)
    connections.put(model())
    drawer.locked = True

    with pytest.raises(KeyringFailed) as caught:
        connections.connection("m")
    assert "Unlock it" in caught.value.cure
    drawer.locked = False
    assert connections.connection("m").get("key") == SECRET


def test_secrets_move_between_keyring_and_vault(tmp_path: Path, drawer: Drawer) -> None:
    connections = in_keyring(tmp_path)
    connections.put(model())
    connections.put_secret("plain", "p")

    assert connections.move("vault") == 2
    assert drawer.kept == {}
    assert connections.show("m").where == "vault"
    assert (connections.connection("m").get("key"), connections.secret("plain")) == (SECRET, "p")

    assert connections.move("keyring") == 2
    assert len(drawer.kept) == 2
    assert connections.connection("m").get("key") == SECRET
    drawer.locked = True
    with pytest.raises(KeyringFailed):
        connections.move("vault")
    assert connections.overview().kept_in == "keyring"


def test_what_was_found_through_a_connection_is_forgotten_once_it_does_something_else(
    tmp_path: Path,
) -> None:
    forgotten: list[str] = []
    kinds = (Connectable(SERVER, broken, forgotten.append),)
    connections = Connections(tmp_path, kinds, prefer="vault", variables={})
    connections.put(server("one"))
    connections.put(server("one", {"token": SECRET}))
    assert forgotten == []

    connections.put(server("other"))

    assert forgotten == ["s"]
