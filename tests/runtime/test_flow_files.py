"""Flow files on disk: references are followed, and a save never loses anything."""

import os
import stat
from pathlib import Path

import pytest

import graph.blocks.flow
import graph.blocks.logic
from graph.catalog import Catalog
from graph.errors import FlowFileError
from graph.file_format import flow_hash, read, write
from graph.flow import Block, Flow
from runtime import flow_files
from runtime.flow_files import (
    NOTHING,
    ChangedMeanwhile,
    NotSaved,
    backups_of,
    digest_of,
    load,
    save,
    with_files,
)

CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic)


def constant(value: int) -> Flow:
    return Flow.of([Block("one", "flow.constant", {"value": value})])


def calling(*names: str) -> Flow:
    """A flow with a sub-flow block for each name: `call_0`, `call_1`, …"""
    return Flow.of([Block(f"call_{i}", "flow.call", {"flow": n}) for i, n in enumerate(names)])


def put(folder: Path, **flows: Flow) -> None:
    """Write flows into files: the name `lib__a` means lib/a.flow.json."""
    for name, flow in flows.items():
        path = folder / f"{name.replace('__', '/')}.flow.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(write(flow))


def refusal(path: Path) -> str:
    with pytest.raises(FlowFileError) as caught:
        load(path, CATALOG)
    return str(caught.value)


# Loading


def test_a_flow_comes_with_the_files_it_refers_to(tmp_path: Path) -> None:
    put(
        tmp_path, main=calling("lib/a.flow.json"), lib__a=calling("b.flow.json"), lib__b=constant(1)
    )

    loaded = load(tmp_path / "main.flow.json", CATALOG)

    inner = loaded.flow.flows["lib/a.flow.json"]
    assert inner.flows["b.flow.json"] == constant(1)
    assert [path.name for path in loaded.files] == ["main.flow.json", "b.flow.json", "a.flow.json"]


def test_an_embedded_flow_refers_to_files_beside_the_file_it_is_in(tmp_path: Path) -> None:
    put(tmp_path, main=Flow(flows={"body": calling("one.flow.json")}), one=constant(1))

    loaded = load(tmp_path / "main.flow.json", CATALOG)

    assert loaded.flow.flows["body"].flows["one.flow.json"] == constant(1)


def test_a_file_used_in_many_places_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, one=constant(1), two=calling("one.flow.json"))
    put(tmp_path, main=calling("one.flow.json", "one.flow.json", "two.flow.json"))

    flow = load(tmp_path / "main.flow.json", CATALOG).flow

    assert flow.flows["one.flow.json"] is flow.flows["two.flow.json"].flows["one.flow.json"]


def test_only_fields_that_name_flows_are_followed(tmp_path: Path) -> None:
    note = Block("note", "flow.note", {"text": "see gone.flow.json"})
    unknown = Block("other", "plug_in.unknown", {"flow": "gone.flow.json"})
    chosen = Block("chosen", "flow.call", {"flow": {"$expr": "which"}})
    put(tmp_path, main=Flow.of([note, unknown, chosen]))

    assert load(tmp_path / "main.flow.json", CATALOG).flow.flows == {}


def test_a_flow_from_elsewhere_finds_its_files_in_a_folder(tmp_path: Path) -> None:
    put(tmp_path, one=constant(1))

    flow = with_files(calling("one.flow.json"), tmp_path, CATALOG)

    assert flow.flows == {"one.flow.json": constant(1)}


def test_a_loaded_flow_is_saved_without_the_files_it_refers_to(tmp_path: Path) -> None:
    put(tmp_path, main=calling("one.flow.json"), one=constant(1))
    path = tmp_path / "main.flow.json"
    before = path.read_bytes()

    loaded = load(path, CATALOG)
    save(path, loaded.flow, replacing=loaded.digest)

    assert path.read_bytes() == before


def test_a_changed_sub_flow_changes_the_hash_of_the_flow_that_uses_it(tmp_path: Path) -> None:
    put(tmp_path, main=calling("one.flow.json"), one=constant(1))
    before = flow_hash(load(tmp_path / "main.flow.json", CATALOG).flow)

    put(tmp_path, one=constant(2))

    assert flow_hash(load(tmp_path / "main.flow.json", CATALOG).flow) != before


def test_every_missing_file_is_named_with_who_uses_it(tmp_path: Path) -> None:
    put(tmp_path, main=calling("lib/clena.flow.json", "lib/a.flow.json"))
    put(tmp_path, lib__a=calling("gone.flow.json"), lib__clean=constant(1))

    message = refusal(tmp_path / "main.flow.json")

    assert message.splitlines()[0].endswith("can't be loaded: 2 problems.")
    assert message.splitlines()[1:] == [
        "  block 'call_0' uses 'lib/clena.flow.json', which doesn't exist. "
        "Did you mean clean.flow.json?",
        "  lib/a.flow.json: block 'call_0' uses 'gone.flow.json', which doesn't exist.",
    ]


def test_a_flow_that_contains_itself_is_shown_the_ring(tmp_path: Path) -> None:
    put(tmp_path, main=calling("lib/a.flow.json"), lib__a=calling("../b.flow.json"))
    put(tmp_path, b=calling("lib/a.flow.json"))

    message = refusal(tmp_path / "main.flow.json")

    assert "lib/a.flow.json → b.flow.json → lib/a.flow.json" in message


def test_a_link_to_the_file_itself_is_a_ring_too(tmp_path: Path) -> None:
    put(tmp_path, main=calling("alias.flow.json"))
    (tmp_path / "alias.flow.json").symlink_to("main.flow.json")

    assert "makes the flow a part of itself" in refusal(tmp_path / "main.flow.json")


def test_an_endless_descent_through_files_is_refused(tmp_path: Path) -> None:
    for number in range(100):
        put(tmp_path, **{f"f{number}": calling(f"f{number + 1}.flow.json")})

    assert "leads more than 32 files deep" in refusal(tmp_path / "f0.flow.json")


def test_a_deep_descent_is_refused_whatever_the_order_of_its_discovery(tmp_path: Path) -> None:
    put(tmp_path, f0=constant(1), main=calling(*(f"f{n}.flow.json" for n in range(100))))
    for number in range(1, 100):
        put(tmp_path, **{f"f{number}": calling(f"f{number - 1}.flow.json")})

    assert "leads more than 32 files deep" in refusal(tmp_path / "main.flow.json")


@pytest.mark.parametrize("name", ["/etc/x.flow.json", "lib\\x.flow.json", "C:/x.flow.json"])
def test_a_reference_is_a_relative_path(tmp_path: Path, name: str) -> None:
    put(tmp_path, main=calling(name))

    assert "is no relative path. Write it like" in refusal(tmp_path / "main.flow.json")


def test_a_broken_sub_flow_is_named_with_who_uses_it(tmp_path: Path) -> None:
    put(tmp_path, main=calling("bad.flow.json"))
    (tmp_path / "bad.flow.json").write_text('{"heddle": 1,\n"veiw": {}}')

    message = refusal(tmp_path / "main.flow.json")

    assert message.startswith("bad.flow.json (used by block 'call_0' of main.flow.json)")
    assert 'line 2, column 1: the file has an unknown key "veiw".' in message


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, orders=constant(1))
    os.mkfifo(tmp_path / "pipe.flow.json")
    (tmp_path / "ring.flow.json").symlink_to("ring.flow.json")

    assert "Did you mean orders.flow.json?" in refusal(tmp_path / "order.flow.json")
    assert "is a folder." in refusal(tmp_path)
    assert "is no ordinary file." in refusal(tmp_path / "pipe.flow.json")
    assert "too many levels of symbolic links" in refusal(tmp_path / "ring.flow.json")
    assert "There is no file" in refusal(tmp_path / "orders.flow.json" / "x")


# Saving


def test_a_saved_flow_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"

    digest = save(path, constant(1))

    loaded = load(path, CATALOG)
    assert (loaded.flow, loaded.digest) == (constant(1), digest)
    assert digest == digest_of(path)
    assert [p.name for p in tmp_path.iterdir()] == ["one.flow.json"]


def test_a_file_nobody_loaded_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    save(path, constant(1))

    with pytest.raises(ChangedMeanwhile, match="exists already"):
        save(path, constant(2))

    assert read(path.read_text()) == constant(1)


def test_a_file_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    path.write_text(write(constant(2)))

    with pytest.raises(ChangedMeanwhile, match="was changed by somebody else"):
        save(path, constant(3), replacing=digest)

    assert read(path.read_text()) == constant(2)


def test_a_file_removed_meanwhile_is_not_silently_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    path.unlink()

    with pytest.raises(ChangedMeanwhile, match="was removed"):
        save(path, constant(2), replacing=digest)

    assert digest_of(path) == NOTHING


def test_a_change_during_the_save_itself_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    sync = os.fsync

    def sync_while_somebody_writes(handle: int) -> None:
        path.write_text(write(constant(2)))
        sync(handle)

    monkeypatch.setattr(flow_files.os, "fsync", sync_while_somebody_writes)
    with pytest.raises(ChangedMeanwhile):
        save(path, constant(3), replacing=digest)

    assert read(path.read_text()) == constant(2)


def test_a_person_may_agree_to_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    save(path, constant(1))

    save(path, constant(2), replacing=digest_of(path))

    assert read(path.read_text()) == constant(2)


def test_saving_the_same_again_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    before = path.stat().st_mtime_ns

    assert save(path, constant(1), replacing=digest) == digest
    assert path.stat().st_mtime_ns == before
    assert backups_of(path) == ()


def test_the_last_versions_are_kept_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = NOTHING
    for value in range(6):
        digest = save(path, constant(value), replacing=digest, backups=3)

    kept = [read(backup.read_text()) for backup in backups_of(path)]

    assert kept == [constant(4), constant(3), constant(2)]
    assert (tmp_path / ".heddle/.gitignore").read_text() == "*\n"


def test_a_backup_stays_as_it_was_when_the_file_is_written_in_place(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    save(path, constant(2), replacing=digest)

    path.write_text("scribbled over by an editor")

    assert read(backups_of(path)[0].read_text()) == constant(1)


def test_who_may_read_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    path.chmod(0o640)

    save(path, constant(2), replacing=digest)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_to_a_flow_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.flow.json", tmp_path / "link.flow.json"
    digest = save(real, constant(1))
    link.symlink_to(real)

    save(link, constant(2), replacing=digest)

    assert link.is_symlink()
    assert read(real.read_text()) == constant(2)


def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))

    def no_space_left(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(flow_files.os, "fsync", no_space_left)
    with pytest.raises(NotSaved, match="can't be saved: no space left on device"):
        save(path, constant(2), replacing=digest)

    assert read(path.read_text()) == constant(1)
    assert [p.name for p in tmp_path.iterdir()] == ["one.flow.json"]


def test_a_flow_no_file_can_hold_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "one.flow.json"
    digest = save(path, constant(1))
    broken = Flow.of([Block("one", "flow.constant", {"value": b"bytes"})])

    with pytest.raises(FlowFileError, match=r"blocks\.one\.fields\.value can't be a bytes"):
        save(path, broken, replacing=digest)

    assert read(path.read_text()) == constant(1)


def test_a_missing_folder_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match="Make the folder first"):
        save(tmp_path / "gone" / "one.flow.json", constant(1))
