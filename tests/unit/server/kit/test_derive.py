from debugterm_server.kit.derive import Root, new_secret
from debugterm_server.settings import strong


def test_each_purpose_has_its_own_key_and_always_the_same() -> None:
    root = Root("s" * 40)

    assert root.key("access-token") == Root("s" * 40).key("access-token")
    assert root.key("access-token") != root.key("refresh-token")
    assert root.key("access-token") != Root("t" * 40).key("access-token")
    assert len(root.key("x", length=16)) == 16


def test_a_root_never_shows_itself() -> None:
    assert "hunter2" not in repr(Root("hunter2"))


def test_a_new_secret_may_guard_production() -> None:
    assert strong(new_secret())
    assert new_secret() != new_secret()
