from typing import Any

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto


def location(name: str) -> dict[str, Any]:
    """A place for output."""
    destination = {"s3Destination": {"s3Uri": f"s3://bucket/{name}"}}
    return {"destination": destination, "roleArn": "arn:aws:iam::111122223333:role/writer"}


async def test_ml_configuration_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A membership has no configuration, then one, which another takes the place of, then none again."""
    identity = {"membershipIdentifier": service.add_membership()}
    name = f"membership/{identity['membershipIdentifier']}/ml-configuration"
    missing = f"ResourceNotFoundException: Resource {name} was not found."
    assert await boto.refused("get_ml_configuration", **identity) == missing
    assert await boto.refused("delete_ml_configuration", **identity) == missing
    began = clock.now()
    assert await boto("put_ml_configuration", **identity, defaultOutputLocation=location("a")) == {}
    configuration = await boto("get_ml_configuration", **identity)
    assert configuration == {
        **identity,
        "defaultOutputLocation": location("a"),
        "createTime": began,
        "updateTime": began,
    }
    clock.advance(60)
    await boto("put_ml_configuration", **identity, defaultOutputLocation=location("b"))
    assert await boto("get_ml_configuration", **identity) == {
        **configuration,
        "defaultOutputLocation": location("b"),
        "updateTime": clock.now(),
    }
    assert await boto("delete_ml_configuration", **identity) == {}
    assert await boto.refused("get_ml_configuration", **identity) == missing
