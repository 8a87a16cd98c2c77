"""A token is ours as it was signed, or nobody's."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime.access.signing import FILE, LASTS, OVERLAP, Claims, Signing
from runtime.secrets.keep import Damaged, Exposed

NOW = 1_000_000.0
CLAIMS = Claims("anna", "", "session", "j1", NOW, NOW + LASTS)


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing(tmp_path)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    head, body, signature = token.split(".")
    return (json.loads(_bytes(head)), json.loads(_bytes(body)), signature)


def joined(head: dict[str, Any], body: dict[str, Any], signature: str) -> str:
    return ".".join((_text(json.dumps(head)), _text(json.dumps(body)), signature))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def test_what_was_signed_is_read(signing: Signing) -> None:
    assert signing.read(signing.sign(CLAIMS), NOW) == CLAIMS


def test_a_token_says_by_which_key_and_how_it_was_signed(signing: Signing) -> None:
    head, body, _ = parts(signing.sign(CLAIMS))

    assert (head["alg"], head["typ"], len(head["kid"])) == ("EdDSA", "at+jwt", 16)
    assert {"iss", "aud", "sub", "exp", "iat", "jti", "sid", "tenant"} == body.keys()


@pytest.mark.parametrize("left", [b"\0" * 99, b'[{"id": "', b"{}", b"\xff"])
def test_keys_that_were_damaged_are_told_of_with_a_cure(signing: Signing, left: bytes) -> None:
    token = signing.sign(CLAIMS)
    (signing.folder / FILE).write_bytes(left)
    again = Signing(signing.folder)

    for _ in range(2):
        with pytest.raises(Damaged, match="can't be read"):
            again.read(token, NOW)
    with pytest.raises(Damaged) as told:
        again.sign(CLAIMS)
    assert "Take it away" in told.value.cure


@pytest.mark.parametrize("at", [NOW + LASTS, NOW + 1e6, NOW - LASTS - 1])
def test_a_token_is_good_in_its_time_only(signing: Signing, at: float) -> None:
    assert signing.read(signing.sign(CLAIMS), at) is None


@pytest.mark.parametrize(
    "change", [{"sub": "eve"}, {"tenant": "acme"}, {"exp": NOW + 1e9}, {"sid": "other"}]
)
def test_a_token_that_was_changed_is_nobodys(signing: Signing, change: dict[str, Any]) -> None:
    head, body, signature = parts(signing.sign(CLAIMS))

    assert signing.read(joined(head, body | change, signature), NOW) is None


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "ES256", "RS256", ""])
def test_a_token_that_names_another_way_of_signing_is_nobodys(
    signing: Signing, algorithm: str
) -> None:
    head, body, signature = parts(signing.sign(CLAIMS))

    for end in ("", signature):
        assert signing.read(joined(head | {"alg": algorithm}, body, end), NOW) is None


def test_a_token_signed_with_the_public_key_as_a_secret_is_nobodys(signing: Signing) -> None:
    head, body, _ = parts(signing.sign(CLAIMS))
    secret = msgspec.json.decode((signing.folder / FILE).read_bytes())[0]["secret"]
    key = Ed25519PrivateKey.from_private_bytes(_bytes(secret)).public_key()

    forged = jwt.encode(body, key.public_bytes_raw() * 2, "HS256", {"kid": head["kid"]})

    assert signing.read(forged, NOW) is None


def test_a_token_of_another_key_is_nobodys(signing: Signing, tmp_path: Path) -> None:
    other = Signing(tmp_path / "elsewhere")
    head, _, _ = parts(signing.sign(CLAIMS))
    theirs = other.sign(CLAIMS)

    assert signing.read(theirs, NOW) is None
    assert signing.read(joined(head, *parts(theirs)[1:]), NOW) is None


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "exp", "iat", "jti", "sid", "tenant"])
def test_a_token_that_leaves_something_out_is_nobodys(signing: Signing, missing: str) -> None:
    head, body, _ = parts(signing.sign(CLAIMS))
    secret = msgspec.json.decode((signing.folder / FILE).read_bytes())[0]["secret"]
    key = Ed25519PrivateKey.from_private_bytes(_bytes(secret))
    del body[missing]

    token = jwt.encode(body, key, "EdDSA", {"kid": head["kid"]})

    assert signing.read(token, NOW) is None


@pytest.mark.parametrize("other", [{"iss": "eve"}, {"aud": "else"}, {"aud": ["else"]}])
def test_a_token_for_somebody_else_is_nobodys(signing: Signing, other: dict[str, Any]) -> None:
    head, body, _ = parts(signing.sign(CLAIMS))
    secret = msgspec.json.decode((signing.folder / FILE).read_bytes())[0]["secret"]
    key = Ed25519PrivateKey.from_private_bytes(_bytes(secret))

    token = jwt.encode(body | other, key, "EdDSA", {"kid": head["kid"]})

    assert signing.read(token, NOW) is None


@pytest.mark.parametrize("word", ["", ".", "..", "a.b.c", "é.é.é", "x" * 10_000, "e30.e30.", "\0"])
def test_what_is_no_token_is_nobodys(signing: Signing, word: str) -> None:
    signing.sign(CLAIMS)

    assert signing.read(word, NOW) is None


def test_a_key_that_was_replaced_reads_for_a_while_what_it_signed(signing: Signing) -> None:
    token = signing.sign(CLAIMS)

    signing.rotate(NOW)
    fresh = signing.sign(CLAIMS)

    assert signing.read(token, NOW + 1) == CLAIMS
    assert parts(fresh)[0]["kid"] != parts(token)[0]["kid"]
    later = msgspec.structs.replace(CLAIMS, iat=NOW + OVERLAP, exp=NOW + OVERLAP + LASTS)
    head, _, _ = parts(token)
    secret = msgspec.json.decode((signing.folder / FILE).read_bytes())[1]["secret"]
    key = Ed25519PrivateKey.from_private_bytes(_bytes(secret))
    leaked = jwt.encode(msgspec.to_builtins(later), key, "EdDSA", {"kid": head["kid"]})
    assert signing.read(leaked, NOW + OVERLAP) is None


def test_a_key_that_another_process_made_is_heard_of(signing: Signing, tmp_path: Path) -> None:
    other = Signing(tmp_path)
    signing.sign(CLAIMS)
    other.rotate(NOW)

    assert signing.read(other.sign(CLAIMS), NOW + 2) == CLAIMS


def test_nobody_else_may_read_the_keys(signing: Signing) -> None:
    signing.sign(CLAIMS)
    assert os.stat(signing.folder / FILE).st_mode & 0o777 == 0o600

    os.chmod(signing.folder / FILE, 0o644)

    with pytest.raises(Exposed):
        Signing(signing.folder).sign(CLAIMS)


def test_a_key_that_another_process_made_is_heard_of_after_the_clock_was_set_back(
    signing: Signing, tmp_path: Path
) -> None:
    signing.sign(CLAIMS)
    other, earlier = Signing(tmp_path), msgspec.structs.replace(CLAIMS, iat=0.0, exp=LASTS)
    other.rotate(0.0)

    assert signing.read(other.sign(earlier), 0.0) == earlier
