"""One form of every record: the bytes that hashes, commitments and signatures are made over.

ASCII keys; text, whole numbers, booleans and null only; sorted keys, no spaces. Then sorted JSON equals RFC 8785,
and a verifier in any language needs no library.
"""

import hashlib

import msgspec

Value = None | bool | int | str | list["Value"] | dict[str, "Value"]

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


class NotCanonical(ValueError):
    """The value or the bytes have no canonical form."""


def encode(value: Value) -> bytes:
    """The canonical bytes of a value; broken characters (lone surrogates) become `?`. Raises NotCanonical."""
    return _encoder.encode(_checked(value))


def decode(data: bytes) -> Value:
    """Read canonical bytes. Raises NotCanonical for any other spelling of the same value."""
    try:
        value: Value = _decoder.decode(data)
        again = encode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from None
    if again != data:
        raise NotCanonical("another spelling of the same value")
    return value


def _checked(value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise NotCanonical("a number beyond 2^53 is read differently by other languages")
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [_checked(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) and key.isascii() for key in value):
        return {str(key): _checked(item) for key, item in value.items()}
    raise NotCanonical(f"a {type(value).__name__} has no canonical form")


def sha256(data: bytes) -> str:
    """The hash of bytes, as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: bytes, value: bytes) -> str:
    """What stands in a record in the place of a private value: sha256(salt || canonical bytes), hex."""
    return sha256(salt + value)
