"""The vault: whatever is put in comes out, for its owner alone, whatever happens on the way."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from runtime.secrets.keep import Damaged, Exposed, KeepError, KeyGone
from runtime.secrets.vault import Vault
from runtime.secrets.vault_key import VARIABLE, new_key

ROOT = Path(__file__).resolve().parents[3]
SECRET = "pl4nted-in-the-vault"

posix = pytest.mark.skipif(os.name != "posix", reason="there are no modes to look at")


def vault_in(folder: Path, **variables: str) -> Vault:
    return Vault(folder, variables)


class AnyVault(RuleBasedStateMachine):
    """Any names and values survive any order of changes, and the change of the key."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = type(self).folder / os.urandom(8).hex()
        self.expected: dict[str, str] = {}

    @rule(name=st.text(max_size=30), value=st.text(max_size=200))
    def put(self, name: str, value: str) -> None:
        vault_in(self.folder).put(name, value)
        self.expected[name] = value

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([*self.expected, "never there"]))
        vault_in(self.folder).remove(name)
        self.expected.pop(name, None)

    @rule()
    def rotate(self) -> None:
        if self.expected:
            vault_in(self.folder).rotate()

    @invariant()
    def everything_is_there(self) -> None:
        vault = vault_in(self.folder)
        assert {name: vault.get(name) for name in vault.names()} == self.expected


def test_any_names_and_values_survive(tmp_path: Path) -> None:
    AnyVault.folder = tmp_path
    machine = AnyVault.TestCase
    machine.settings = settings(
        max_examples=25, stateful_step_count=8, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    machine().runTest()


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeepError, match="must be a text"):
        vault_in(tmp_path).put("name", "\udcff")


@posix
def test_its_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    for value in ("one", "two"):
        vault.put("name", value)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(
        ("vault.bin", "vault.bin.previous", "vault.key", "vault.lock"), 0o600
    )


@posix
@pytest.mark.parametrize("name", ["vault.bin", "vault.key"])
def test_what_others_may_read_is_refused_with_a_cure(tmp_path: Path, name: str) -> None:
    vault = vault_in(tmp_path)
    vault.put("name", SECRET)
    (tmp_path / name).chmod(0o640)

    with pytest.raises(Exposed) as caught:
        vault.get("name")

    assert f"chmod 600 {tmp_path / name}" in caught.value.cure
    (tmp_path / name).chmod(0o600)
    assert vault.get("name") == SECRET


def test_nothing_of_a_secret_is_in_any_file(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.put("name-of-it", SECRET)
    vault.put("another", "2")

    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in everything
    assert b"name-of-it" not in everything


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_is_told_and_the_version_before_is_whole(
    tmp_path: Path, data: st.DataObject
) -> None:
    vault = vault_in(tmp_path)
    vault.put("name", "before")
    vault.put("name", "after")
    content = bytearray(vault.file.read_bytes())
    cut = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[cut] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[cut:]
    vault.file.write_bytes(content)

    with pytest.raises((Damaged, KeyGone)):
        vault.get("name")
    with pytest.raises((Damaged, KeyGone)):
        vault.put("other", "would lose the rest")

    assert vault.file.read_bytes() == content, "what is damaged may still be mended"
    vault.previous.replace(vault.file)
    assert vault.get("name") == "before"


def test_without_its_key_it_says_where_that_belongs(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.put("name", SECRET)
    vault.keys.file.rename(tmp_path / "elsewhere")

    with pytest.raises(KeyGone, match=r"vault\.key"):
        vault.get("name")
    with pytest.raises(KeyGone):
        vault.put("other", "x")
    assert not vault.keys.file.exists(), "no fresh key hides that the old one is missing"


def test_the_key_may_come_from_a_variable_and_be_rotated_there(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    vault_in(tmp_path, **{VARIABLE: old}).put("name", SECRET)
    assert not (tmp_path / "vault.key").exists()

    vault_in(tmp_path, **{VARIABLE: f"{new}, {old}"}).rotate()

    assert vault_in(tmp_path, **{VARIABLE: new}).get("name") == SECRET
    with pytest.raises(KeyGone, match=VARIABLE):
        vault_in(tmp_path, **{VARIABLE: old}).get("name")
    with pytest.raises(KeyGone, match="no key of the vault"):
        vault_in(tmp_path, **{VARIABLE: "pass"}).get("name")


def test_after_a_rotation_the_old_key_opens_nothing(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.put("name", "1")
    vault.put("name", SECRET)
    old = vault.keys.file.read_text()

    vault.rotate()

    assert vault.get("name") == SECRET
    assert old.strip() not in vault.keys.file.read_text()
    assert not vault.previous.exists()


def test_a_removed_secret_is_not_in_the_version_before(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.put("stays", "1")
    vault.put("goes", SECRET)
    vault.remove("goes")

    assert not vault.previous.exists()
    assert vault.names() == ["stays"]


def test_what_a_killed_writer_left_behind_is_taken_away(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.put("a", SECRET)
    left = [tmp_path / name for name in (".vault.bin.0a1b2c3d.tmp", ".vault.key.0a1b2c3d.tmp")]
    for file in left:
        file.write_bytes(b"half of it")

    vault.rotate()

    assert not any(file.exists() for file in left)
    assert vault.get("a") == SECRET


def test_many_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    write = (
        "import sys; from pathlib import Path; from runtime.secrets.vault import Vault\n"
        "vault = Vault(Path(sys.argv[1]), {})\n"
        "for n in range(20): vault.put(f'{sys.argv[2]}-{n}', sys.argv[2] * n)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", write, str(tmp_path), str(w)], cwd=ROOT)
        for w in range(4)
    ]
    assert [writer.wait(timeout=50) for writer in writers] == [0] * 4

    vault = vault_in(tmp_path)
    assert {name: vault.get(name) for name in vault.names()} == {
        f"{w}-{n}": str(w) * n for w in range(4) for n in range(20)
    }
