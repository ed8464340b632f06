"""Templates as a person would write them, the same for the same rows, and bounded whatever a sender writes."""

import random

import pytest
from debugterm_server.core.patterns import FIRST_WORDS, LEAF, SHAPES, TEMPLATES, Miner
from hypothesis import given
from hypothesis import strategies as st


def texts(messages: list[str], *, miner: Miner | None = None) -> list[str]:
    miner = miner or Miner()
    for message in messages:
        miner.learn(message, "info")
    return sorted(template.text for template in miner.templates())


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (["pool exhausted size=20 waiting=143", "pool exhausted size=8 waiting=2"], ["pool exhausted size=<num> waiting=<num>"]),
        (["GET /a HTTP/1.1 200", "GET /b/c HTTP/1.1 500"], ["GET <*> HTTP/<num> <num>"]),
        (["login user=ann ok", "login user=bob ok"], ["login user=<*> ok"]),
        (["user=ann logged in", "user=bob logged in"], ["user=<*> logged in"]),
        (["session opened for root", "session closed for root"], ["session closed for root", "session opened for root"]),
        (["breaker open for bank-eu", "breaker open for bank-us"], ["breaker open for bank-eu", "breaker open for bank-us"]),
        ([f"hello {name} again" for name in ("ann", "bob", "cy", "dee", "eli", "fay")], ["hello <*> again"]),
        ([f"hello {name} again" for name in ("ann", "bob", "cy", "dee", "eli")], [f"hello {name} again" for name in ("ann", "bob", "cy", "dee", "eli")]),
        (["", "   ", "\n"], []),
        (["started", "stopped"], ["started", "stopped"]),
        (["one two", "one two three"], ["one two", "one two three"]),
    ],
)  # fmt: skip
def test_messages_become_the_templates_a_person_would_write(messages: list[str], expected: list[str]) -> None:
    assert texts(messages) == expected


def test_once_words_vary_the_earlier_templates_are_part_of_the_wide_one() -> None:
    miner = Miner()
    found = [miner.learn(f"hello {name} again", "info") for name in ("ann", "bob", "cy", "dee", "eli", "fay")]
    wide = found[-1]

    assert wide is not None
    assert wide.text == "hello <*> again"
    assert all(one is wide or (one is not None and one.gone and one.into is wide) for one in found)


def test_levels_are_told_apart() -> None:
    miner = Miner()
    info, error = miner.learn("upstream timed out", "info"), miner.learn("upstream timed out", "error")

    assert info is not None
    assert error is not None
    assert (info.text, info.level, error.text, error.level) == (
        "upstream timed out",
        "info",
        "upstream timed out",
        "error",
    )
    assert info.id != error.id


def test_an_id_is_made_of_the_text_alone_and_never_changes_between_releases() -> None:
    one, other = Miner(), Miner()
    for number in range(50):
        other.learn(f"something else {number}", "warn")
    first, second = one.learn("pool exhausted size=20", "warn"), other.learn("pool exhausted size=7", "warn")

    assert first is not None
    assert second is not None
    assert first.id == second.id == "p:39589078"


messages = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "b", "c", "open", "/x", "/y", "k=v", "k=w", "7", "<*>"]), max_size=5).map(" ".join),
        st.sampled_from(["info", "error"]),
    ),
    max_size=80,
)  # fmt: skip


@given(messages)
def test_every_message_fits_its_template_and_no_two_templates_are_equal(rows: list[tuple[str, str]]) -> None:
    miner = Miner(most=20)
    for message, level in rows:
        template = miner.learn(message, level)
        assert (template is None) == (not message.split())
        assert template is None or (not template.gone and len(template.tokens) == len(message.split()))

    known = [(template.level, template.text) for template in miner.templates()]
    assert len(known) == len(set(known)) == len(miner) <= 20


def test_many_unique_words_stays_bounded() -> None:
    chance = random.Random(7)
    miner = Miner()
    words = ["".join(chance.choices("abcdefghij", k=8)) for _ in range(40_000)]
    for start in range(0, len(words), 10):
        miner.learn(" ".join(words[start : start + 10]), "info")

    assert len(miner) <= LEAF * (FIRST_WORDS + 1)
    assert len(miner) <= TEMPLATES
    assert len(miner._shapes["info"]) <= SHAPES


def test_ten_thousand_different_words_end_in_one_template() -> None:
    chance = random.Random(8)
    miner = Miner()
    for _ in range(10_000):
        miner.learn("".join(chance.choices("abcdefghij", k=9)), "info")

    assert len(miner) == FIRST_WORDS + 1
    assert any(template.text == "<*>" for template in miner.templates())


def test_what_was_not_seen_for_longest_is_forgotten_first_and_learnt_again() -> None:
    miner = Miner(most=16)
    kept = miner.learn("kept all the time", "info")
    lost = miner.learn("seen once", "info")
    for number in range(16):
        miner.learn("x " * (number + 5), "info")
        assert miner.learn("kept all the time", "info") is kept

    assert lost is not None
    assert lost.gone
    again = miner.learn("seen once", "info")
    assert again is not None
    assert again is not lost
    assert again.id == lost.id


def test_a_template_whose_first_word_varies_can_be_forgotten() -> None:
    miner = Miner(most=4)
    miner.learn("/a is gone", "info")
    miner.learn("/b is gone", "info")
    for number in range(8):
        miner.learn("x " * (number + 5), "info")

    assert "<*> is gone" not in texts([], miner=miner)
    assert len(miner) <= 4
