from typing import Any

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto


def location(name: str) -> dict[str, Any]:
    """Return an output location with this name."""
    destination = {"s3Destination": {"s3Uri": f"s3://bucket/{name}"}}
    return {"destination": destination, "roleArn": "arn:aws:iam::111122223333:role/writer"}


async def test_ml_configuration_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """The configuration of a membership is put, replaced and deleted; before and after, it is not found."""
    identity = {"membershipIdentifier": service.add_membership()}
    name = f"membership/{identity['membershipIdentifier']}/ml-configuration"
    missing = f"ResourceNotFoundException: Resource {name} was not found."
    assert await boto.refused("get_ml_configuration", **identity) == missing
    assert await boto.refused("delete_ml_configuration", **identity) == missing
    created_at = clock.now()
    assert await boto("put_ml_configuration", **identity, defaultOutputLocation=location("a")) == {}
    configuration = await boto("get_ml_configuration", **identity)
    assert configuration == {
        **identity,
        "defaultOutputLocation": location("a"),
        "createTime": created_at,
        "updateTime": created_at,
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
