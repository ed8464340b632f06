"""Bodies of `/v1/auth/*`: what a client sends to log in, and what it gets."""

from msgspec import Struct

from debugterm_protocol.roles import Role


class LoginBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/auth/login`. Without `env`: the first environment of the hub where the user has a role."""

    name: str
    password: str
    env: str = ""
    cookie: bool = False
    """For browsers: the refresh token comes as an HttpOnly cookie instead of in the body."""

    def __repr__(self) -> str:
        return f"LoginBody(name={self.name!r})"


class RefreshBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/auth/refresh` and `/v1/auth/logout`; empty when the token stands in the cookie."""

    refresh_token: str = ""

    def __repr__(self) -> str:
        return "RefreshBody()"


class CodeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/auth/code`: a one-use code from the console of a development hub."""

    code: str
    cookie: bool = True

    def __repr__(self) -> str:
        return "CodeBody()"


class Granted(Struct, frozen=True, omit_defaults=True):
    """The answer to all of them but logout."""

    access_token: str
    expires_in: int
    """Seconds until the access token ends; refresh it before."""
    human: str
    name: str
    env: str
    role: Role
    refresh_token: str = ""
    """For the next refresh, one use; absent when it came as a cookie."""

    def __repr__(self) -> str:
        return f"Granted(human={self.human!r}, env={self.env!r}, role={self.role!r})"
