"""The registry of the kinds of resources, which programs build on."""

import inspect
from typing import Any

import pytest

import cleanroomsml_client
from cleanroomsml_client.kinds import KINDS, Kind, WaitFor, parse_arn
from cleanroomsml_client.local import LocalService
from tests.support.public_names import PUBLIC_NAMES

_MEMBERSHIP = "00000000-0000-4000-8000-000000000000"
_ACCOUNT = "arn:aws:cleanrooms-ml:eu-west-1:111122223333"


def _functions(prefix: str) -> set[object]:
    return {getattr(cleanroomsml_client, name) for name in PUBLIC_NAMES if name.startswith(prefix)}


def test_every_function_is_of_a_kind() -> None:
    """The registry has all functions that handle resources, but those of settings, policies and tags."""
    lists = {kind.list for kind in KINDS}
    gets = {kind.get for kind in KINDS} - {None}
    watches = {watch for kind in KINDS for watch in kind.watches.values()}
    assert lists == _functions("list_") - {cleanroomsml_client.list_tags_for_resource}
    assert watches == _functions("watch_")
    others = {
        cleanroomsml_client.get_configured_audience_model_policy,
        cleanroomsml_client.get_ml_configuration,
    }
    assert gets == _functions("get_") - others
    assert {kind.delete for kind in KINDS} - {None} == _functions("delete_") - {
        cleanroomsml_client.delete_configured_audience_model_policy,
        cleanroomsml_client.delete_ml_configuration,
    }
    assert {kind.cancel for kind in KINDS} - {None} == _functions("cancel_")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.family)
def test_a_kind_is_consistent(kind: Kind) -> None:
    """The functions of a kind take the same identity, and its versions if it has them; the family names the list."""
    assert kind.list.__name__ == f"list_{kind.family.replace('-', '_')}"
    own = set(inspect.signature(kind.list).parameters)
    assert set(kind.required) <= own - {"client", "page_size", "starting_token"}
    functions = [*filter(None, [kind.get, kind.delete, kind.cancel]), *kind.watches.values()]
    identities = {
        tuple(
            each.name
            for each in inspect.signature(function).parameters.values()
            if each.kind is each.POSITIONAL_OR_KEYWORD
        )
        for function in functions
    }
    assert len(identities) == bool(functions)
    for function in functions:
        assert ("version_identifier" in inspect.signature(function).parameters) is kind.has_versions


@pytest.mark.parametrize(
    ("arn", "name", "identity"),
    [
        (f"{_ACCOUNT}:audience-model/a", "audience model", 1),
        (f"{_ACCOUNT}:training-dataset/a", "training dataset", 1),
        (f"{_ACCOUNT}:membership/{_MEMBERSHIP}/trained-model/a", "trained model", 2),
        (f"{_ACCOUNT}:membership/{_MEMBERSHIP}/ml-input-channel/a", "ML input channel", 2),
    ],
)
def test_an_arn(arn: str, name: str, identity: int) -> None:
    """An ARN says its kind, region and identity."""
    parsed = parse_arn(arn)
    assert (parsed.kind.name, parsed.region, parsed.arn) == (name, "eu-west-1", arn)
    assert parsed.identity == ((arn,) if identity == 1 else (_MEMBERSHIP, arn))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "spring",
        "arn:aws:s3:::bucket",
        f"{_ACCOUNT}:trained-model/a",
        f"{_ACCOUNT}:membership/{_MEMBERSHIP}/audience-model/a",
        f"{_ACCOUNT}:unknown-kind/a",
    ],
)
def test_what_is_no_arn(text: str) -> None:
    """Other text, the ARN of another service and one with or without a membership by mistake are refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole text is compared
        parse_arn(text)
    assert str(caught.value) == f"not an ARN of a Clean Rooms ML resource: {text}"


def test_a_value_that_is_no_text_is_a_type_error() -> None:
    """What may come from a document without the ARN is named as what it is."""
    missing: Any = None
    with pytest.raises(TypeError, match=r"^parse_arn needs an ARN as a str, not None$"):
        parse_arn(missing)


async def test_any_resource_is_read_and_watched() -> None:
    """A program reads and watches any resource with what the registry says."""
    async with LocalService() as service, service.connect() as client:
        for arn in (service.add_audience_model(), service.add_trained_model(), service.add_ml_input_channel()):
            parsed = parse_arn(arn)
            assert parsed.kind.get is not None
            resource = await parsed.kind.get(client, *parsed.identity)
            watch = parsed.kind.watches[WaitFor.READY]
            assert [each async for each in watch(client, *parsed.identity)] == [resource]
