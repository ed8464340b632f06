"""What the environment may say, and the one line for each way of saying it wrong."""

import pytest
from debugterm_server.settings import BadSettings, load, strong

STRONG = "q3Vd8_bKz1Lw-0TyXe7RmUo5sNcGh2Ja9PfI4D6tHkQ"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "REDIS_URL", "DATABASE_URL", "RENDER_EXTERNAL_URL"):
        monkeypatch.delenv(name, raising=False)


def production(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    given = {"DEBUGTERM_ENV": "production", "DEBUGTERM_SECRET_KEY": STRONG, "DEBUGTERM_HOST": "0.0.0.0"}  # noqa: S104
    for name, value in {**given, **more}.items():
        monkeypatch.setenv(name, value)


def test_on_render_the_public_address_is_the_one_that_render_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch, RENDER_EXTERNAL_URL="https://hub.onrender.com")

    assert load().public_url == "https://hub.onrender.com"


def test_our_own_setting_wins_over_the_platforms_name(monkeypatch: pytest.MonkeyPatch) -> None:
    production(
        monkeypatch,
        RENDER_EXTERNAL_URL="https://hub.onrender.com",
        DEBUGTERM_PUBLIC_URL="https://logs.example.com",
    )

    assert load().public_url == "https://logs.example.com"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch, RENDER_EXTERNAL_URL="https://hub.onrender.com", DEBUGTERM_PUBLIC_URL="", PORT="")

    settings = load()

    assert (settings.public_url, settings.port) == ("https://hub.onrender.com", 7373)


def test_production_on_an_open_address_needs_a_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch)

    with pytest.raises(BadSettings, match="DEBUGTERM_PUBLIC_URL must begin with https://"):
        load()


def test_a_wrong_value_is_one_line_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")

    with pytest.raises(BadSettings) as refused:
        load()

    assert str(refused.value).startswith("PORT: ")
    assert "\n" not in str(refused.value)


def test_an_environment_is_spelled_so_that_it_fits_into_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUGTERM_ENVIRONMENTS", "shop-eu, shop}us")

    with pytest.raises(BadSettings, match=r"^DEBUGTERM_ENVIRONMENTS: 'shop}us' is not a name"):
        load()


def test_no_secret_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch, RENDER_EXTERNAL_URL="https://h.example", DATABASE_URL="postgres://u:hunter2@h/d")

    assert STRONG not in repr(load())
    assert "hunter2" not in repr(load())


@pytest.mark.parametrize(
    ("secret", "fit"),
    [
        (STRONG, True),
        ("short-but-random-Zq81", False),
        ("a" * 64, False),
        ("changeme-secret-password-development-test", False),
        ("q3Vd8_bKz1Lw-0TyXetest5sNcGh2Ja9PfI4D6tHkQ", True),
    ],
    ids=["random", "short", "monotonous", "known words", "a word by chance"],
)
def test_a_secret_is_strong_by_what_nobody_can_guess_of_it(*, secret: str, fit: bool) -> None:
    assert strong(secret) is fit
