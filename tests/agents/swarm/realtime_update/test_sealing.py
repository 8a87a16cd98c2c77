"""Encrypted channels: sealed as Pusher's own library does it, opened by the right key alone."""

import base64
import json
from pathlib import Path

import pytest
from pusher.crypto import encrypt, generate_shared_secret, parse_master_key

from agents.contract import Outside
from agents.swarm.realtime_update.credentials import own_app
from agents.swarm.realtime_update.sealing import look_at_key, opened, sealed, shared_secret
from agents.swarm.realtime_update.signing import Credentials
from graph.errors import BadInput

KEY = base64.b64encode(bytes(range(32))).decode()
APP = Credentials("1", "key", "secret", KEY)
ROOM = "private-encrypted-room"


def test_the_official_library_seals_what_we_open_with_the_same_key() -> None:
    key = parse_master_key(None, KEY)

    theirs = json.dumps(encrypt(ROOM, "grüß dich", key))

    assert opened(APP, ROOM, theirs) == "grüß dich"
    assert base64.b64decode(shared_secret(APP, ROOM)) == generate_shared_secret(ROOM.encode(), key)


def test_what_is_sealed_twice_looks_different_and_says_the_same() -> None:
    one, other = (sealed(APP, ROOM, "grüß dich") for _ in range(2))

    assert one != other
    assert {opened(APP, ROOM, data) for data in (one, other)} == {"grüß dich"}


@pytest.mark.parametrize(
    ("app", "channel"),
    [
        (APP, "private-encrypted-other"),
        (Credentials("1", "key", "secret", base64.b64encode(bytes(32)).decode()), ROOM),
        (Credentials("1", "key", "secret"), ROOM),
    ],
)
def test_another_key_opens_nothing(app: Credentials, channel: str) -> None:
    data = sealed(APP, ROOM, "hello")

    assert opened(app, channel, data) == data


@pytest.mark.parametrize("data", ["", "hello", "{}", '{"nonce": "x", "ciphertext": "y"}'])
def test_what_isn_t_sealed_stays_as_it_is(data: str) -> None:
    assert opened(APP, ROOM, data) == data


@pytest.mark.parametrize("key", ["short", base64.b64encode(bytes(31)).decode(), "ü" * 44])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadInput, match="32 bytes in base64") as refused:
        look_at_key(key)

    assert "openssl rand" in refused.value.cure


def test_without_a_key_nobody_is_let_onto_an_encrypted_channel() -> None:
    with pytest.raises(BadInput, match="no key") as refused:
        shared_secret(Credentials("1", "key", "secret"), ROOM)

    assert "PUSHER_ENCRYPTION_MASTER_KEY_BASE64" in refused.value.cure


def test_an_app_made_up_before_there_were_keys_gets_one_that_stays(tmp_path: Path) -> None:
    place, kept = tmp_path / "app.json", '{"app_id": "1", "key": "k", "secret": "s"}'
    place.write_text(kept)

    first, _ = own_app(tmp_path, Outside())
    again, _ = own_app(tmp_path, Outside())

    assert (first.app_id, first.key, first.secret) == ("1", "k", "s")
    assert opened(again, ROOM, sealed(first, ROOM, "hello")) == "hello"
    assert place.read_text() == kept
