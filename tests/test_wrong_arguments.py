"""What the errors say about arguments that cannot be used, and about ARNs that the service refuses."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from botocore.exceptions import ParamValidationError

from cleanroomsml_client import (
    NO_RETRY,
    AccessDeniedError,
    AudienceModel,
    AudienceModelSummary,
    AudienceSize,
    CleanRoomsMLError,
    Client,
    InputChannel,
    InputChannelDataSource,
    ModelTrainingDataChannel,
    RequestError,
    ResourceConfig,
    ResourceNotFoundError,
    ValidationError,
    create_audience_model,
    create_ml_input_channel,
    create_trained_model,
    create_training_dataset,
    get_audience_model,
    get_trained_model,
    list_audience_models,
    list_tags_for_resource,
    put_configured_audience_model_policy,
    tag_resource,
    wait_for_audience_model,
)
from cleanroomsml_client.local import LocalService
from cleanroomsml_client.testing.factories import make
from tests.support.serving import serving
from tests.support.wire import error, response

pytestmark = pytest.mark.virtual_time

_ACCOUNT = "arn:aws:cleanrooms-ml:us-east-1:111122223333"
_ARN = f"{_ACCOUNT}:audience-model/a"
_ROLE = "arn:aws:iam::111122223333:role/r"
_DATASET = f"{_ACCOUNT}:training-dataset/a"
_MEMBERSHIP = "00000000-0000-4000-8000-000000000000"
_TRAINED_MODEL = f"{_ACCOUNT}:membership/{_MEMBERSHIP}/trained-model/a"
_SUMMARY: Any = make(AudienceModelSummary)
_MODEL: Any = make(AudienceModel)
_SIZE: Any = make(AudienceSize)
_POLICY: Any = {"Version": "2012-10-17"}
_NAIVE = datetime(2026, 1, 31)  # noqa: DTZ001  # the test needs a time without zone


def _channel_without_source() -> InputChannel:
    return InputChannel(data_source=InputChannelDataSource(), role_arn=_ROLE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": None}, "CreateAudienceModel: name: required, but missing"),
        ({"name": 5}, "CreateAudienceModel: name: str expected, not int"),
        ({"name": ""}, "CreateAudienceModel: name: at least 1 character expected"),
        (
            {"training_data_start_time": "2026-01-31"},
            (
                "CreateAudienceModel: training_data_start_time: datetime with a time zone expected, not str; "
                "write datetime(..., tzinfo=UTC)"
            ),
        ),
        (
            {"training_data_end_time": _NAIVE},
            (
                "CreateAudienceModel: training_data_end_time: datetime with a time zone expected, "
                "not datetime without a time zone; write datetime(..., tzinfo=UTC)"
            ),
        ),
        ({"tags": [1]}, "CreateAudienceModel: tags: a mapping of str expected, not list"),
        ({"tags": {"team": 5}}, "CreateAudienceModel: tags['team']: str expected, not int"),
        ({"tags": {5: "ads"}}, "CreateAudienceModel: a key of tags: str expected, not int"),
        ({"tags": {"a.b [0] (key: c)": None}}, "CreateAudienceModel: tags['a.b [0] (key: c)']: str expected, not None"),
        (
            {"training_dataset_arn": "my-dataset"},
            "CreateAudienceModel: training_dataset_arn: an ARN of kind training-dataset expected, not other text",
        ),
        (
            {"training_dataset_arn": "arn:my-dataset"},
            "CreateAudienceModel: training_dataset_arn: an ARN of kind training-dataset expected, not an invalid ARN",
        ),
        (
            {"name": None, "training_dataset_arn": 5, "tags": {"team": None}},
            (
                "CreateAudienceModel: 3 arguments or members are wrong\n"
                "  name: required, but missing\n"
                "  training_dataset_arn: str expected, not int\n"
                "  tags['team']: str expected, not None"
            ),
        ),
    ],
)
async def test_messages(arguments: dict[str, Any], message: str) -> None:
    """Each mistake is a line with the parameter, the expected and the actual type; nothing is sent."""
    async with serving() as (server, client):
        values: dict[str, Any] = {"name": "a", "training_dataset_arn": _DATASET, **arguments}
        with pytest.raises(RequestError) as caught:
            await create_audience_model(client, **values)
    assert str(caught.value) == message
    assert caught.value.operation == "CreateAudienceModel"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert server.requests == []


_OBJECTS: list[tuple[Callable[[Any], Awaitable[object]], str]] = [
    (
        lambda client: get_audience_model(client, _SUMMARY),
        "GetAudienceModel: audience_model_arn: str expected, not an object; write its audience_model_arn",
    ),
    (
        lambda client: wait_for_audience_model(client, _MODEL),
        "GetAudienceModel: audience_model_arn: str expected, not an object; write its audience_model_arn",
    ),
    (
        lambda client: list_tags_for_resource(client, _MODEL),
        "ListTagsForResource: resource_arn: str expected, not an object; write its ARN",
    ),
    (
        lambda client: create_audience_model(client, name=_SIZE, training_dataset_arn=_DATASET),
        "CreateAudienceModel: name: str expected, not an object",
    ),
    (
        lambda client: put_configured_audience_model_policy(
            client,
            f"{_ACCOUNT}:configured-audience-model/a",
            configured_audience_model_policy=_POLICY,
        ),
        (
            "PutConfiguredAudienceModelPolicy: configured_audience_model_policy: str expected, not dict; "
            "write json.dumps(...)"
        ),
    ),
    (
        lambda client: client.send("get_audience_model", audience_model_arn=_ARN),
        "get_audience_model: the installed botocore has no operation of this name; write GetAudienceModel",
    ),
    (
        lambda client: client.send("GetAudienceModle", audience_model_arn=_ARN),
        "GetAudienceModle: the installed botocore has no operation of this name",
    ),
]


@pytest.mark.parametrize(("call", "message"), _OBJECTS)
async def test_an_object_in_place_of_text(call: Callable[[Any], Awaitable[object]], message: str) -> None:
    """A resource in place of its ARN, a policy that is not encoded and our name of an operation say what to write."""
    async with serving() as (server, client):
        with pytest.raises(RequestError) as caught:
            await call(client)
    assert str(caught.value) == message
    assert server.requests == []


async def test_a_mapping_in_a_sequence_is_refused() -> None:
    """A mapping in place of a class is reported with its place in the sequence and what to write."""
    data: Any = [{"type": "INTERACTIONS"}]
    async with serving() as (server, client):
        with pytest.raises(RequestError) as caught:
            await create_training_dataset(client, name="a", role_arn=_ROLE, training_data=data)
    assert str(caught.value) == (
        "CreateTrainingDataset: training_data[0]: Dataset expected, not dict; "
        "write Dataset(...) or from_dict(Dataset, ...)"
    )
    assert server.requests == []


async def test_a_union_needs_one_member() -> None:
    """A union without a member is reported with the members that it can have."""
    async with serving() as (server, client):
        with pytest.raises(RequestError) as caught:
            await create_ml_input_channel(
                client,
                _MEMBERSHIP,
                name="a",
                configured_model_algorithm_associations=[
                    f"{_ACCOUNT}:membership/{_MEMBERSHIP}/configured-model-algorithm-association/a"
                ],
                input_channel=_channel_without_source(),
                retention_in_days=1,
            )
    problem = "exactly one of these is required: protected_query_input_parameters"
    assert str(caught.value) == f"CreateMLInputChannel: input_channel.data_source: {problem}"
    assert server.requests == []


async def test_a_wrong_page_size_is_reported() -> None:
    """The parameters of lists have the names that our functions give them."""
    page_size: Any = "10"
    async with serving() as (server, client):
        with pytest.raises(RequestError) as caught:
            await list_audience_models(client, page_size=page_size).collect()
    assert str(caught.value) == "ListAudienceModels: page_size: int expected, not str"
    assert server.requests == []


async def test_send_reports_unknown_parameters() -> None:
    """`Client.send` names the parameters that the operation has, in snake_case."""
    async with serving() as (server, client):
        with pytest.raises(RequestError) as caught:
            await client.send("GetAudienceModel", audience_model_arn=_ARN, model_name="a")
    assert str(caught.value) == "GetAudienceModel: model_name: unknown; known are audience_model_arn"
    assert server.requests == []


async def test_send_takes_mappings_with_the_names_of_aws() -> None:
    """`Client.send` takes a mapping in place of a class."""
    async with serving(response(200, {"trainingDatasetArn": _DATASET})) as (server, client):
        data: Any = [{"type": "INTERACTIONS", "inputConfig": {"schema": [], "dataSource": {}}}]
        with pytest.raises(RequestError, match=r"input_config\.data_source\.glue_data_source: required"):
            await client.send("CreateTrainingDataset", name="a", role_arn=_ROLE, training_data=data)
    assert server.requests == []


async def test_send_reports_names_that_are_no_text() -> None:
    """A key of a nested mapping that is not text is an unknown member, too."""
    async with serving() as (server, client):
        with pytest.raises(RequestError, match=r"seed_audience\.data_source\.5: unknown; known are s3_uri"):
            await client.send(
                "StartAudienceGenerationJob",
                name="a",
                configured_audience_model_arn=f"{_ACCOUNT}:configured-audience-model/a",
                seed_audience={"roleArn": _ROLE, "dataSource": {"s3Uri": "s3://bucket/", 5: "a"}},
            )
    assert server.requests == []


async def test_unchecked_parameters_of_a_refused_call() -> None:
    """With `parameter_validation=False`, any values may reach the service; its refusal is raised as it is."""
    config = AioConfig(parameter_validation=False)
    async with serving(error(400, "ValidationException"), config=config) as (server, client):
        with pytest.raises(ValidationError) as caught:
            await client.send("TagResource", resource_arn=_ARN, tags={"a": 1})
        assert _notes(caught.value) == []
    assert len(server.requests) == 1


async def test_a_validator_that_is_off_refuses_nothing() -> None:
    """With `parameter_validation=False`, what cannot be serialized is still a RequestError."""
    async with serving(config=AioConfig(parameter_validation=False)) as (server, client):
        seed: Any = [{"type": "INTERACTIONS"}]
        with pytest.raises(RequestError, match=r"^CreateTrainingDataset: "):
            await create_training_dataset(client, name="a", role_arn=_ROLE, training_data=seed)
    assert server.requests == []


async def test_a_hook_that_removes_a_parameter_is_reported_by_botocore() -> None:
    """Where the arguments are right, and an event hook makes them wrong, the report is that of botocore."""

    def remove_all(**_: object) -> dict[str, object]:
        return {}

    async with serving() as (server, client):
        client.aws.meta.events.register("provide-client-params.cleanroomsml", remove_all)
        with pytest.raises(RequestError, match='Missing required parameter in input: "audienceModelArn"'):
            await get_audience_model(client, _ARN)
    assert server.requests == []


async def test_a_test_double_may_report_as_botocore_does() -> None:
    """The report of a client that is not aiobotocore's is not translated: there is no model to explain it with."""

    class Double:
        async def get_audience_model(self, **_: str) -> Mapping[str, Any]:
            raise ParamValidationError(report="the report of a double")

    with pytest.raises(RequestError, match="the report of a double"):
        await get_audience_model(Client(Double(), NO_RETRY), _ARN)


# --- ARNs


def _notes(caught: CleanRoomsMLError) -> list[str]:
    return getattr(caught, "__notes__", [])


@pytest.mark.parametrize(
    ("arn", "notes"),
    [
        (_ARN, []),
        ("the-model-that-we-trained", ["audience_model_arn: an ARN of kind audience-model expected, not other text"]),
        (
            "arn:aws:s3:::a-bucket",
            ["audience_model_arn: an ARN of kind audience-model expected, not an invalid ARN"],
        ),
        (
            f"{_ACCOUNT}:configured-audience-model/a",
            ["audience_model_arn: an ARN of kind audience-model expected, not one of kind configured-audience-model"],
        ),
        (
            _TRAINED_MODEL,
            ["audience_model_arn: an ARN of kind audience-model expected, not one of kind trained-model"],
        ),
        (
            "arn:aws:iam::111122223333:role/r",
            ["audience_model_arn: an ARN of kind audience-model expected, not one of kind role"],
        ),
        (
            "arn:aws:cleanrooms-ml:us-east-1:me:audience-model/a",
            ["audience_model_arn: an ARN of kind audience-model expected, not an invalid ARN"],
        ),
        (
            "arn:aws:cleanrooms-ml:eu-west-1:111122223333:audience-model/a",
            [
                (
                    "audience_model_arn: in the region eu-west-1, but the client in us-east-1; "
                    "write connect(region_name='eu-west-1')"
                )
            ],
        ),
    ],
)
@pytest.mark.parametrize(
    ("status", "code", "class_"),
    [
        (400, "ValidationException", ValidationError),
        (403, "AccessDeniedException", AccessDeniedError),
        (404, "ResourceNotFoundException", ResourceNotFoundError),
    ],
)
async def test_a_refused_arn_is_explained(
    arn: str, notes: list[str], status: int, code: str, class_: type[CleanRoomsMLError]
) -> None:
    """After the service has refused a call, notes say what is wrong with the ARNs in it."""
    async with serving(error(status, code)) as (server, client):
        with pytest.raises(class_) as caught:
            await get_audience_model(client, arn)
    assert _notes(caught.value) == notes
    assert len(server.requests) == 1


async def test_nested_arns_are_explained() -> None:
    """ARNs in classes and sequences are checked, too."""
    async with serving(error(400, "ValidationException")) as (server, client):
        with pytest.raises(ValidationError) as caught:
            await create_trained_model(
                client,
                _MEMBERSHIP,
                name="a",
                configured_model_algorithm_association_arn=_ARN,
                resource_config=ResourceConfig(instance_type="ml.m5.xlarge", volume_size_in_gb=1),
                data_channels=[
                    ModelTrainingDataChannel(ml_input_channel_arn="the-channel-with-the-data", channel_name="c")
                ],
                kms_key_arn="alias/key-for-training",
            )
    assert sorted(_notes(caught.value)) == [
        (
            "configured_model_algorithm_association_arn: an ARN of kind configured-model-algorithm-association "
            "expected, not one of kind audience-model"
        ),
        "data_channels[0].ml_input_channel_arn: an ARN of kind ml-input-channel expected, not other text",
        "kms_key_arn: an ARN of kind key expected, not other text",
    ]
    assert len(server.requests) == 1


async def test_an_arn_of_several_kinds_is_explained() -> None:
    """Where several kinds are allowed, the note does not name one."""
    async with serving(error(400, "ValidationException")) as (_, client):
        with pytest.raises(ValidationError) as caught:
            await tag_resource(client, "the-model-that-we-trained", tags={"team": "ads"})
    assert _notes(caught.value) == ["resource_arn: an ARN of a resource expected, not other text"]


async def test_the_local_service_shows_the_note() -> None:
    """The mistake of a first day on the local service: a name in place of an ARN."""
    async with LocalService() as service, service.connect() as client:
        with pytest.raises(ValidationError) as caught:
            await get_trained_model(client, _MEMBERSHIP, "the-model-that-we-trained")
    assert _notes(caught.value) == ["trained_model_arn: an ARN of kind trained-model expected, not other text"]


async def test_a_test_double_gets_no_notes() -> None:
    """An error of a client that is not aiobotocore's stays as it is."""

    class Double:
        async def get_audience_model(self, **_: str) -> Mapping[str, Any]:
            raise ResourceNotFoundError("gone", "GetAudienceModel", "ResourceNotFoundException", 404, None, 1)

    with pytest.raises(CleanRoomsMLError) as caught:
        await get_audience_model(Client(Double(), NO_RETRY), "my-model")
    assert _notes(caught.value) == []


async def test_a_call_that_succeeds_accepts_any_arn() -> None:
    """ARNs are explained only after a refusal: the service decides what it accepts."""
    arn = "arn:of-a-form-that-is-new"
    async with serving(response(200, {"audienceModelArn": arn})) as (server, client):
        assert await create_audience_model(client, name="a", training_dataset_arn=arn) == arn
    assert len(server.requests) == 1
