"""Access tokens and what attackers do to them (RFC 8725)."""

import base64
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Subject
from debugterm_server.core.refusal import Unauthenticated
from debugterm_server.rooms.access.signing import Signer

from tests.support.clocks import FakeClock

SEED = b"k" * 32
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
ANA = Subject("h_1", "ana", "prod", Role.RESPONDER, jti="f_1.ab")
NOW = 1_795_454_411
CLAIMS: dict[str, Any] = {
    "iss": "debugterm",
    "aud": "debugterm/prod",
    "sub": "h_1",
    "jti": "f_1.ab",
    "iat": NOW,
    "exp": NOW + 600,
    "name": "ana",
    "role": "responder",
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(float(NOW))


@pytest.fixture
def signer(clock: FakeClock) -> Signer:
    return Signer(SEED, clock)


def forged(signer: Signer, claims: dict[str, Any], headers: dict[str, str]) -> str:
    """A token with a good signature, for everything else that can be wrong."""
    return jwt.encode(claims, KEY, "EdDSA", headers={"typ": "at+jwt", "kid": signer.kid, **headers})


def test_a_token_says_who_somebody_is_in_one_environment(signer: Signer) -> None:
    assert signer.read(signer.issue(ANA), "prod") == ANA
    assert signer.read(signer.issue(ANA), None) == ANA
    with pytest.raises(Unauthenticated):
        signer.read(signer.issue(ANA), "staging")


def test_a_token_is_what_the_documents_say(signer: Signer) -> None:
    whole = jwt.decode_complete(signer.issue(ANA), options={"verify_signature": False})

    assert whole["header"] == {"alg": "EdDSA", "typ": "at+jwt", "kid": signer.kid}
    assert whole["payload"] == CLAIMS


@pytest.mark.parametrize("after", [-60, 0, 659])
def test_a_token_lives_ten_minutes_and_a_minute_of_leeway(
    signer: Signer, clock: FakeClock, after: int
) -> None:
    token = signer.issue(ANA)
    clock.pass_(after)

    assert signer.read(token, "prod") == ANA


@pytest.mark.parametrize("after", [-61, 660])
def test_a_token_is_refused_outside_its_time(signer: Signer, clock: FakeClock, after: int) -> None:
    token = signer.issue(ANA)
    clock.pass_(after)

    with pytest.raises(Unauthenticated):
        signer.read(token, "prod")


def test_the_forger_of_this_file_can_make_a_good_token(signer: Signer) -> None:
    assert signer.read(forged(signer, CLAIMS, {}), "prod") == ANA


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_a_token_without_one_of_its_claims_is_refused(signer: Signer, claim: str) -> None:
    with pytest.raises(Unauthenticated):
        signer.read(forged(signer, {k: v for k, v in CLAIMS.items() if k != claim}, {}), None)


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody"),
        ("aud", "debugterm"),
        ("aud", "debugterm/"),
        ("aud", "other/prod"),
        ("aud", ["debugterm/prod", "debugterm/staging"]),
        ("role", "root"),
        ("role", ["admin"]),
        ("exp", "later"),
        ("exp", None),
        ("iat", NOW + 100),
        ("exp", 10**400),
        ("sub", 7),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(signer: Signer, claim: str, value: object) -> None:
    body = (
        msgspec.json.encode({**CLAIMS, claim: value}) if value != 10**400 else b'{"exp":' + b"9" * 400 + b"}"
    )
    head = base64.urlsafe_b64encode(
        msgspec.json.encode({"alg": "EdDSA", "typ": "at+jwt", "kid": signer.kid})
    ).rstrip(b"=")
    signed = head + b"." + base64.urlsafe_b64encode(body).rstrip(b"=")
    token = signed + b"." + base64.urlsafe_b64encode(KEY.sign(signed)).rstrip(b"=")

    with pytest.raises(Unauthenticated):
        signer.read(token.decode(), None)


@pytest.mark.parametrize("headers", [{"typ": "JWT"}, {"typ": "rt+jwt"}, {"kid": "0" * 16}])
def test_a_token_of_another_type_or_key_is_refused(signer: Signer, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        signer.read(forged(signer, CLAIMS, headers), None)


def test_a_key_that_the_token_brings_along_is_ignored(signer: Signer) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    jwk = jwt.get_algorithm_by_name("EdDSA").to_jwk(other.public_key())
    token = jwt.encode(
        CLAIMS,
        other,
        "EdDSA",
        headers={"typ": "at+jwt", "kid": signer.kid, "jwk": jwk, "jku": "https://evil.example/keys"},
    )

    with pytest.raises(Unauthenticated):
        signer.read(token, None)


def test_no_other_algorithm_is_believed(signer: Signer) -> None:
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    headers = {"typ": "at+jwt", "kid": signer.kid}
    for token in (
        jwt.encode(CLAIMS, "", "none", headers=headers),
        jwt.encode(CLAIMS, public, "HS256", headers=headers),
    ):
        with pytest.raises(Unauthenticated):
            signer.read(token, None)


@pytest.mark.parametrize("token", ["", "a.b.c", "é.é.é", "x" * 5000, "..", "\udcff.\udcff.\udcff"])
def test_rubbish_is_refused_like_everything_else(signer: Signer, token: str) -> None:
    with pytest.raises(Unauthenticated):
        signer.read(token, None)


def test_the_key_of_another_deployment_is_refused(signer: Signer, clock: FakeClock) -> None:
    with pytest.raises(Unauthenticated):
        signer.read(Signer(b"o" * 32, clock).issue(ANA), None)
