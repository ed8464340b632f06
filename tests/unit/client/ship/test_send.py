import pytest
from debugterm_client.ship.send import Answer, Later, Refused, TooLarge, delay, judge
from debugterm_protocol.exits import Exit

URL = "http://hub"


def test_an_acknowledgement_is_read() -> None:
    body = b'{"accepted":3,"points":1,"parse_errors":2,"first":"1-0","last":"1-0"}'

    assert judge(200, body, retry_after="", url=URL) == Answer(accepted=3, points=1, parse_errors=2)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, Exit.FAILED, "refuses the rows: HTTP 400"),
        (401, Exit.LOGIN_NEEDED, "does not accept the ingest key"),
        (403, Exit.DENIED, "refuses this key"),
        (404, Exit.NOT_FOUND, "is it the address of a debugterm hub?"),
        (308, Exit.FAILED, "redirects"),
    ],
)
def test_a_final_answer_is_one_line_and_an_exit_status(status: int, code: Exit, words: str) -> None:
    with pytest.raises(Refused, match=words.replace("?", r"\?")) as refused:
        judge(status, b"", retry_after="", url=URL)

    assert refused.value.exit_code == code
    assert "\n" not in str(refused.value)


def test_words_of_the_hub_are_shown_without_control_characters() -> None:
    body = b'{"error":{"code":"BAD_BATCH","why":"no\\u001b[2J good","fix":"do this"}}'

    with pytest.raises(Refused) as refused:
        judge(400, body, retry_after="", url=URL)

    assert str(refused.value) == "http://hub refuses the rows: no [2J good; do this"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again_when_the_hub_asks(status: int) -> None:
    with pytest.raises(Later) as later:
        judge(status, b"", retry_after="7", url=URL)

    assert later.value.after == 7


def test_a_body_too_large_is_its_own_case() -> None:
    with pytest.raises(TooLarge):
        judge(413, b"", retry_after="", url=URL)


def test_a_page_that_is_no_hub_is_refused() -> None:
    with pytest.raises(Refused, match="is not a debugterm hub"):
        judge(200, b"<html>", retry_after="", url=URL)


def test_the_delay_doubles_is_bounded_and_never_below_what_was_asked() -> None:
    assert [delay(n, 0.0, lambda: 1.0) for n in (1, 2, 3, 50)] == [0.5, 1.0, 2.0, 30.0]
    assert delay(1, 7.0, lambda: 0.0) == 7.0
    assert delay(1, 86_400.0, lambda: 0.0) == 300.0
