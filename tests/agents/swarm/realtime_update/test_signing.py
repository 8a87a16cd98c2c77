"""Signatures are those of the official library, both ways."""

import json
import time

import pusher
import pytest
from pusher.http import POST, Request

from agents.swarm.realtime_update import signing
from agents.swarm.realtime_update.http_api import channel_answer, user_answer
from agents.swarm.realtime_update.signing import BadSignature, Credentials

APP = Credentials("1001", "the-key", "the-secret")
PATH = "/apps/1001/events"
BODY = b'{"name":"said","data":"x","channels":["a"]}'


@pytest.fixture
def library() -> pusher.Pusher:
    return pusher.Pusher(APP.app_id, APP.key, APP.secret, host="localhost", ssl=False)


def test_a_request_is_signed_as_the_library_signs_it(library: pusher.Pusher) -> None:
    theirs = Request(library._pusher_client, POST, PATH, {"name": "said"})
    timestamp = int(theirs.query_params["auth_timestamp"])

    ours = signing.signed(APP, "POST", PATH, {}, theirs.body, now=timestamp)

    assert ours == theirs.query_params


def test_a_request_that_the_library_signed_is_let_through(library: pusher.Pusher) -> None:
    theirs = Request(library._pusher_client, POST, PATH, {"name": "said"})

    signing.check_request(APP, "POST", PATH, theirs.query_params, theirs.body)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"auth_key": "another"}, "auth_key"),
        ({"body_md5": "0" * 32}, "body_md5"),
        ({"auth_version": "2.0"}, "auth_version"),
        ({"auth_timestamp": "soon"}, "auth_timestamp"),
        ({"auth_timestamp": "9" * 400}, "auth_timestamp"),
        ({"auth_timestamp": str(int(time.time()) - 700)}, "auth_timestamp"),
        ({"auth_signature": "0" * 64}, "auth_signature"),
        ({"added": "afterwards"}, "auth_signature"),
    ],
)
def test_a_request_that_was_changed_is_refused(change: dict[str, str], says: str) -> None:
    query = signing.signed(APP, "POST", PATH, {}, BODY) | change

    with pytest.raises(BadSignature, match=says):
        signing.check_request(APP, "POST", PATH, query, BODY)


def test_who_knows_another_secret_is_refused() -> None:
    query = signing.signed(Credentials("1001", "the-key", "guessed"), "POST", PATH, {}, BODY)

    with pytest.raises(BadSignature, match="auth_signature"):
        signing.check_request(APP, "POST", PATH, query, BODY)


@pytest.mark.parametrize("channel", ["private-room", "presence-room"])
def test_who_is_let_onto_a_channel_is_told_what_the_library_tells(
    library: pusher.Pusher, channel: str
) -> None:
    custom = {"user_id": "ada", "user_info": {"name": "Ada"}}
    theirs = library.authenticate(channel, "1234.5678", custom_data=custom)

    ours = channel_answer(APP, "1234.5678", channel, "ada", {"name": "Ada"})

    if channel.startswith("private-"):
        assert ours["auth"] == library.authenticate(channel, "1234.5678")["auth"]
    else:
        assert json.loads(ours["channel_data"]) == json.loads(theirs["channel_data"])
        assert signing.lets_in(APP, theirs["auth"], "1234.5678", channel, theirs["channel_data"])


def test_a_user_is_signed_in_by_what_the_library_gives(library: pusher.Pusher) -> None:
    theirs = library.authenticate_user("1234.5678", {"id": "ada"})
    ours = user_answer(APP, "1234.5678", "ada", None)

    assert signing.is_user(APP, theirs["auth"], "1234.5678", theirs["user_data"])
    assert signing.is_user(APP, ours["auth"], "1234.5678", ours["user_data"])
    assert not signing.is_user(APP, ours["auth"], "1234.5679", ours["user_data"])


def test_a_webhook_is_what_the_library_takes_for_one(library: pusher.Pusher) -> None:
    body = json.dumps({"time_ms": int(time.time() * 1000), "events": []})
    given = signing.webhook_signature(APP, body.encode())

    assert library.validate_webhook(APP.key, given, body) is not None
    headers = {"X-Pusher-Key": APP.key, "X-Pusher-Signature": given}
    signing.check_webhook(APP, headers, body.encode())
    with pytest.raises(BadSignature, match="X-Pusher-Signature"):
        signing.check_webhook(APP, headers, b"{}")


def test_credentials_dont_show_their_secret() -> None:
    assert APP.secret not in repr(APP)
