"""What goes through the mask check goes through unchanged, however it is cut; what may not goes no further."""

import itertools

from debugterm_server.api.masking import Masking
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rawsocket import BINARY, CONTINUATION, PING, TEXT, frame

RESERVED = b"\x83\x80"


class Collector:
    """Stands for aiohttp's parser."""

    def __init__(self) -> None:
        self.got = b""

    def feed_eof(self) -> None:
        """Nothing to do."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.got += data
        return False, b""


def fed(pieces: list[bytes]) -> bytes:
    collector = Collector()
    masking = Masking(collector)
    for piece in pieces:
        masking.feed_data(piece)
    return collector.got


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(ends)]


messages = st.lists(
    st.one_of(
        st.builds(frame, st.sampled_from([TEXT, BINARY, PING]), st.binary(max_size=125)),
        st.builds(frame, st.just(TEXT), st.sampled_from([b"x" * 126, b"y" * 65_535, b"z" * 65_536])),
        st.binary(max_size=20).map(
            lambda part: frame(TEXT, part, fin=False) + frame(PING) + frame(CONTINUATION, part)
        ),
    ),
    max_size=6,
).map(b"".join)


@given(messages, st.lists(st.integers(0, 1 << 20), max_size=30))
def test_frames_of_a_client_pass_unchanged_however_they_are_cut(data: bytes, places: list[int]) -> None:
    assert fed(cut(data, places)) == data


@given(messages, st.binary(max_size=200), st.lists(st.integers(0, 1 << 20), max_size=30))
def test_an_unmasked_frame_becomes_a_reserved_opcode_wherever_the_line_cuts(
    before: bytes, payload: bytes, places: list[int]
) -> None:
    got = fed(cut(before + frame(TEXT, payload, masked=False), places))

    assert got.startswith(before + RESERVED)
    assert frame(TEXT, payload, masked=False) not in got[len(before) :]


def test_a_new_message_may_not_begin_before_the_last_one_ended() -> None:
    begun = frame(TEXT, b"", fin=False)

    assert fed([begun, frame(TEXT, b"{}")])[len(begun) :].startswith(RESERVED)
