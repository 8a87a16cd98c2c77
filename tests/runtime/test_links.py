"""The key that links are signed with: made once, for its owner alone, and whole."""

import os
import stat
from pathlib import Path

import pytest

from runtime.links import BadKey, key_in


def test_the_key_of_a_home_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    key = key_in(tmp_path)

    assert key_in(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["links.key"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "links.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short"])
def test_nothing_is_signed_with_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "links.key").write_bytes(content)

    with pytest.raises(BadKey, match="is no key"):
        key_in(tmp_path)
