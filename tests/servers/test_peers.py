"""The peers on Node do what they are there for."""

import subprocess

import pusher

from tests.servers.peers import NODE, peer_or_skip
from tests.servers.soketi import Soketi

LUAU = """
import { LuauState } from "luau-web";
const luau = await LuauState.createAsync();
console.log((await luau.loadstring("return 6 * 7", "sum", true)())[0]);
"""


def test_soketi_takes_events_of_the_official_library_also_after_it_was_killed(
    soketi: Soketi,
) -> None:
    client = pusher.Pusher(
        soketi.app_id, soketi.key, soketi.secret, host="127.0.0.1", port=soketi.port, ssl=False
    )

    before = client.trigger("news", "said", {"text": "hello"})
    soketi.stop()
    soketi.start()

    assert before == client.trigger("news", "said", {"text": "again"})


def test_the_luau_machine_works_things_out() -> None:
    peer_or_skip("luau-web")

    done = subprocess.run(
        [NODE, "--input-type=module", "-e", LUAU],
        cwd=peer_or_skip("luau-web"),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.stdout.strip(), done.stderr) == ("42", "")
