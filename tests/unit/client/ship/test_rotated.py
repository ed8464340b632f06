import pytest
from debugterm_client.ship.rotated import is_rotated


@pytest.mark.parametrize("name", ["app.log.1", "app.log.12", "app.log-20250131", "app.log.2025-01-31_12"])
def test_what_rotation_makes_of_a_name_is_known(name: str) -> None:
    assert is_rotated(name, "app.log")


@pytest.mark.parametrize(
    "name", ["app.log", "app.log.1.gz", "app.log.bak", "app.log1", "other.log.1", "app.log."]
)
def test_other_names_are_not(name: str) -> None:
    assert not is_rotated(name, "app.log")
