"""What every frame is: one JSON object with its type in `t`; unknown fields are refused, defaults are left out."""

from msgspec import Struct


class Frame(Struct, frozen=True, forbid_unknown_fields=True, tag_field="t", omit_defaults=True):
    """The form of a frame."""
