"""What `dev` needs in the database: a user, a browser's login code, and the key this machine sends with."""

from debugterm_server.cli import rooms
from debugterm_server.rooms.access import development_key, development_login


def prepare() -> tuple[str, str, str]:
    """Login code, password of the development user, ingest key; leaves with one line when that fails."""
    return rooms.run(_prepared)


async def _prepared(opened: rooms.Rooms) -> tuple[str, str, str]:
    settings = opened.settings
    login = await development_login(opened.accounts, env=settings.env, data_dir=settings.data_dir)
    key = await development_key(opened.accounts, env=settings.env, data_dir=settings.data_dir)
    return await opened.access.new_code(login.name, settings.env), login.password, key
