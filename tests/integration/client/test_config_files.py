"""Profiles and tokens on disk: private, atomic, and a person's own text is left alone."""

import stat
from pathlib import Path

import pytest
from debugterm_client.config import BadConfig, Config, Profile, Tokens

TOKENS = Tokens("access", 1.5, "refresh", "h1", "ana", "prod", "responder")


def test_a_saved_profile_is_read_back(tmp_path: Path) -> None:
    config = Config(tmp_path, {})
    prod = Profile("prod", ("https://a", "https://b"), "production", "ana")
    config.save(prod)

    assert config.profile("prod") == prod


def test_saving_a_profile_leaves_the_rest_of_the_file_as_it_was(tmp_path: Path) -> None:
    config = Config(tmp_path, {})
    config.path.write_text(
        '# mine\n[profile.a]\nurls = ["https://old"]\n\n# keep\n[profile.b]\nurls = ["https://b"]\n'
    )
    config.save(Profile("a", ("https://new",), "", ""))
    config.save(Profile("c", ("https://c",), "", ""))

    text = config.path.read_text()
    assert text.startswith("# mine\n[profile.a]\n")
    assert {name: each.urls[0] for name, each in config.profiles().items()} == {
        "a": "https://new",
        "b": "https://b",
        "c": "https://c",
    }


def test_tokens_are_readable_by_their_owner_only_and_no_half_file_is_left(tmp_path: Path) -> None:
    config = Config(tmp_path / "new", {})
    config.keep_tokens("prod", TOKENS)

    assert config.tokens("prod") == TOKENS
    assert stat.S_IMODE((tmp_path / "new" / "credentials.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["credentials.json"]


def test_only_one_process_renews_tokens(tmp_path: Path) -> None:
    one, two = Config(tmp_path, {}), Config(tmp_path, {})
    with one.try_lock() as first, two.try_lock() as second:
        assert (first, second) == (True, False)
    with two.try_lock() as later:
        assert later


def test_the_environment_overrules_a_profile(tmp_path: Path) -> None:
    environ = {"DEBUGTERM_URL": "https://other", "DEBUGTERM_ENV": "staging", "DEBUGTERM_TOKEN": "t"}
    config = Config(tmp_path, environ)
    Config(tmp_path, {}).save(Profile("prod", ("https://a",), "production", "ana"))

    assert config.profile("prod") == Profile("prod", ("https://other",), "staging", "ana")
    assert (config.tokens("prod") or TOKENS).access_token == "t"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[profile.prod]\n", r'\[profile.prod\] needs urls = \["https://..."\]'),
        ("[profile.prod]\nurls = 3\n", "needs urls"),
        ('[profile.prod]\nurls = ["https://a"]\ncolour = 1\n', "unknown key 'colour'"),
        ("[profile.prod\n", "config.toml: .*line 1"),
        ("profile = 3\n", "must be tables"),
    ],
)
def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path, text: str, why: str) -> None:
    config = Config(tmp_path, {})
    config.path.write_text(text)

    with pytest.raises(BadConfig, match=why):
        config.profile("prod")


def test_an_unknown_profile_names_the_known_ones(tmp_path: Path) -> None:
    config = Config(tmp_path, {})
    config.save(Profile("prod", ("https://a",), "", ""))

    with pytest.raises(BadConfig, match=r"no profile 'prd' \(there are: prod\)"):
        config.profile("prd")
