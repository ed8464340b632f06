"""Access tokens: EdDSA, ten minutes, for one environment; read without asking anybody.

Source: RFC 8725 (JWT best practices), RFC 9068 (`at+jwt`). The list of algorithms has one entry, the key is found
by nothing in the token but compared with its `kid`, and every claim must be there.
"""

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from debugterm_protocol.roles import Role

from debugterm_server.core.canonical import sha256
from debugterm_server.core.policy import Subject
from debugterm_server.core.refusal import Unauthenticated
from debugterm_server.kit.clock import Clock

ISSUER = "debugterm"
TYPE = "at+jwt"
LIFE_SECONDS = 600
LEEWAY_SECONDS = 60
"""How far the clocks of two hubs may be apart."""
LONGEST = 4_096
"""Characters of a token; ours have about 500."""
_CLAIMS = ["iss", "aud", "sub", "jti", "iat", "exp", "name", "role"]


class Signer:
    """Makes and reads access tokens with a key made from the root secret."""

    def __init__(self, seed: bytes, clock: Clock) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()
        self.kid = sha256(self._public.public_bytes(Encoding.Raw, PublicFormat.Raw))[:16]
        self._clock = clock

    def issue(self, subject: Subject) -> str:
        """A token that says who this is, in the environment of the subject, from now on."""
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": f"{ISSUER}/{subject.env}",
            "sub": subject.human,
            "jti": subject.jti,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "name": subject.name,
            "role": subject.role.value,
        }
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"typ": TYPE, "kid": self.kid})

    def read(self, token: str, env: str | None) -> Subject:
        """Who a token speaks for; with `env`, only if it was made for that one. Raises Unauthenticated."""
        if len(token) > LONGEST:
            raise Unauthenticated
        try:
            whole = jwt.decode_complete(
                token,
                self._public,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                options={"require": _CLAIMS, "verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Unauthenticated from None
        header, claims = whole["header"], whole["payload"]
        if header.get("typ") != TYPE or header.get("kid") != self.kid or not self._in_time(claims):
            raise Unauthenticated
        prefix, _, made_for = str(claims["aud"]).partition("/")
        if prefix != ISSUER or not made_for or (env is not None and made_for != env):
            raise Unauthenticated
        try:
            role = Role(claims["role"])
        except ValueError:
            raise Unauthenticated from None
        return Subject(
            human=str(claims["sub"]),
            name=str(claims["name"]),
            env=made_for,
            role=role,
            jti=str(claims["jti"]),
            expires=int(claims["exp"]),
        )

    def _in_time(self, claims: dict[str, object]) -> bool:
        now = self._clock()
        match claims["iat"], claims["exp"]:
            case int(born), int(ends):
                return born - LEEWAY_SECONDS <= now < ends + LEEWAY_SECONDS
        return False
