"""The Blueprint is one that Render takes: known keys, references that resolve, one region, commands that exist."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from debugterm_server.api.routes import ROUTES
from debugterm_server.cli import COMMANDS
from debugterm_server.settings import Settings

from docs.tools.settings import variables
from tests.deploy.blueprint import Blueprint, KeyValue, Web

ROOT = Path(__file__).parents[2]
RAW: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text())
SETTINGS = {name for key, field in Settings.model_fields.items() for name in variables(key, field)}


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return msgspec.convert(RAW, Blueprint)


def web(blueprint: Blueprint) -> Web:
    return next(service for service in blueprint.services if isinstance(service, Web))


def test_every_reference_names_a_resource_of_the_file(blueprint: Blueprint) -> None:
    services = {(service.__struct_config__.tag, service.name) for service in blueprint.services}
    databases = {database.name for database in blueprint.databases}
    wanted = [
        variable for variable in web(blueprint).envVars if variable.fromService or variable.fromDatabase
    ]

    assert [v.key for v in wanted if v.fromDatabase and v.fromDatabase.name not in databases] == []
    assert [
        v.key for v in wanted if v.fromService and (v.fromService.type, v.fromService.name) not in services
    ] == []
    assert len(wanted) == 2


def test_all_resources_are_in_one_region_because_their_network_is(blueprint: Blueprint) -> None:
    regions = {resource.region for resource in (*blueprint.services, *blueprint.databases)}

    assert len(regions) == 1


def test_the_key_value_store_never_evicts_and_is_on_a_plan_that_keeps_its_data(blueprint: Blueprint) -> None:
    store = next(service for service in blueprint.services if isinstance(service, KeyValue))

    assert store.maxmemoryPolicy == "noeviction"
    assert store.plan != "free"


def test_nothing_but_the_hub_is_open_to_the_internet(blueprint: Blueprint) -> None:
    closed = [s for s in (*blueprint.services, *blueprint.databases) if not isinstance(s, Web)]

    assert [resource.ipAllowList for resource in closed] == [[], []]


def test_the_variables_are_settings_of_the_server(blueprint: Blueprint) -> None:
    assert {variable.key for variable in web(blueprint).envVars} - SETTINGS == set()


def test_the_health_check_is_a_route_and_the_commands_exist(blueprint: Blueprint) -> None:
    hub = web(blueprint)

    assert hub.healthCheckPath in {route.path for route in ROUTES}
    for command in (hub.preDeployCommand, hub.startCommand):
        program, subcommand = command.split()
        assert program == ".venv/bin/debugterm-server"
        assert subcommand in COMMANDS
    assert hub.buildCommand.endswith("bash bin/post_compile")
    assert (ROOT / "bin/post_compile").is_file()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("services", 0, "healthcheckPath"), "/readyz"),
        (("services", 0, "maxShutdownDelaySeconds"), 301),
        (("services", 0, "envVars", 0, "generateValue"), True),
        (("services", 1, "plan"), "huge"),
        (("databases", 0, "postgresMajorVersion"), 18),
        (("databases", 0, "diskSizeGB"), 7),
        (("service",), []),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_the_model_sees_what_render_would_refuse(path: tuple[str | int, ...], value: object) -> None:
    broken = msgspec.json.decode(msgspec.json.encode(RAW))
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(broken, Blueprint)
