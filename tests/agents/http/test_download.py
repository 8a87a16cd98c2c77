"""Downloads: complete or not there, bounded, and only into granted folders."""

import gzip
import os
from pathlib import Path

import pytest

from agents.errors import AgentError, NotGranted, Rejected, Unreachable
from agents.http.blocks import download
from tests.agents.conftest import Granting, Surroundings
from tests.agents.http.server import Sent, WebServer

LARGE = bytes(range(256)) * 16 * 1024  # 4 MiB


async def test_a_file_arrives_whole(context: Surroundings, web: WebServer, tmp_path: Path) -> None:
    web.on["/file"] = Sent(200, {"Content-Type": "image/png"}, LARGE)

    found = await download(web.url("/file"), "in/here.png", context)

    assert (tmp_path / "in/here.png").read_bytes() == LARGE
    assert found == ("in/here.png", len(LARGE), "image/png")


async def test_progress_is_told_on_the_way(context: Surroundings, web: WebServer) -> None:
    web.on["/file"] = Sent(200, {}, LARGE)

    await download(web.url("/file"), "here", context)

    done = [part for part, _, _ in context.told]
    assert len(done) >= 4
    assert done == sorted(done)
    assert context.told[-1] == (len(LARGE), len(LARGE), "here")
    assert {total for _, total, _ in context.told} == {len(LARGE)}


async def test_a_packed_file_is_unpacked(
    context: Surroundings, web: WebServer, tmp_path: Path
) -> None:
    web.on["/file"] = Sent(200, {"Content-Encoding": "gzip"}, gzip.compress(LARGE))

    await download(web.url("/file"), "here", context)

    assert (tmp_path / "here").read_bytes() == LARGE


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Sent(200, {}, LARGE, cut=3_000_000), Unreachable),
        (Sent(200, {}, LARGE + b"x"), Rejected),
        (Sent(200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(5_000_000))), Rejected),
        (Sent(404, {}, b"no"), Rejected),
    ],
)
async def test_a_download_that_fails_leaves_what_was_there(
    context: Surroundings, web: WebServer, tmp_path: Path, answer: Sent, error: type[AgentError]
) -> None:
    (tmp_path / "here").write_text("before")
    web.on["/file"] = answer

    with pytest.raises(error):
        await download(web.url("/file"), "here", context, size_limit=len(LARGE))

    assert (tmp_path / "here").read_text() == "before"
    assert os.listdir(tmp_path) == ["here"]


async def test_nothing_is_asked_for_that_may_not_be_kept(
    granting: Granting, web: WebServer, tmp_path: Path
) -> None:
    context = granting(reads=(str(tmp_path),))

    with pytest.raises(NotGranted, match=f"may not write here.*--allow-write {tmp_path}"):
        await download(web.url("/file"), "here", context)

    assert web.received == []
