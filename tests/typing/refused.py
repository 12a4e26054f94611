"""Mistakes that type checkers find. Nothing runs this file.

The comment before a mistake has the rules of mypy, pyright and ty that report it. A test compares them exactly.
"""

from datetime import UTC, datetime
from typing import assert_never

from cleanroomsml_client import (
    Attempt,
    AudienceGenerationJobStatus,
    AudienceModel,
    AudienceModelStatus,
    AudienceSize,
    AudienceSizeConfig,
    AudienceSizeType,
    Client,
    ColumnSchema,
    ColumnType,
    ContainerConfig,
    Dataset,
    ModelTrainingDataChannel,
    Polling,
    ResourceConfig,
    RetryPolicy,
    blocking,
    connect,
    create_audience_model,
    create_training_dataset,
    get_audience_model,
    get_trained_model,
    list_audience_models,
    start_audience_export_job,
    tag_resource,
    to_dict,
    untag_resource,
    wait_for_audience_model,
    watch_audience_model,
)
from cleanroomsml_client.local import LocalService, Throttle
from cleanroomsml_client.testing.factories import make


async def calls(client: Client, arn: str) -> None:
    # => call-arg / reportCallIssue / missing-argument
    await get_audience_model(client)
    # => arg-type, call-arg / reportCallIssue / invalid-argument-type, missing-argument
    await get_audience_model(arn)
    # => call-arg / reportCallIssue / missing-argument, unknown-argument
    await get_audience_model(client, arn=arn)
    # => arg-type / reportArgumentType / invalid-argument-type
    await get_audience_model(client, None)
    # => call-arg / reportCallIssue / missing-argument
    await get_trained_model(client, arn)
    # => call-arg / reportCallIssue / missing-argument
    await create_audience_model(client, name="n")
    # => call-arg / reportCallIssue / missing-argument, too-many-positional-arguments
    await create_audience_model(client, "n", arn)
    # => arg-type / reportArgumentType / invalid-argument-type
    await create_audience_model(client, name="n", training_dataset_arn=arn, training_data_end_time="2026-01-01")
    # => call-arg / reportCallIssue / unknown-argument
    await create_audience_model(client, name="n", training_dataset_arn=arn, colour="red")
    # => arg-type / reportArgumentType / invalid-argument-type
    await start_audience_export_job(client, name="n", audience_generation_job_arn=arn, audience_size=5)
    # => arg-type / reportArgumentType / invalid-argument-type
    await tag_resource(client, arn, tags=["team"])
    # => arg-type / reportArgumentType / invalid-argument-type
    await untag_resource(client, arn, tag_keys="team")
    # => arg-type / reportArgumentType / invalid-argument-type
    await create_training_dataset(client, name="n", role_arn=arn, training_data=make(Dataset))
    # => call-arg / reportCallIssue / too-many-positional-arguments
    await wait_for_audience_model(client, arn, Polling())
    # => arg-type / reportArgumentType / invalid-argument-type
    await wait_for_audience_model(client, arn, polling=60)
    # => arg-type, misc / reportArgumentType / invalid-argument-type
    await wait_for_audience_model(client, arn, on_change=lambda: None)


def synchronous(arn: str) -> None:
    with blocking(connect()) as call:
        # => call-overload / reportCallIssue / no-matching-overload
        call(get_audience_model)
        # => call-overload / reportArgumentType, reportCallIssue / no-matching-overload
        call(get_audience_model, 5)
        # => call-arg / reportCallIssue / no-matching-overload
        call(get_audience_model, arn, colour="red")
        # => call-overload / reportArgumentType, reportCallIssue / no-matching-overload
        call(to_dict, arn)
        # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
        call(get_audience_model, arn).nmae
        for summary in call(list_audience_models):
            # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
            summary.nmae
    # => call-arg / reportCallIssue, reportUnknownVariableType / missing-argument
    with blocking() as call:
        pass
    # => arg-type / reportArgumentType / invalid-argument-type
    blocking("us-east-1")


async def observe(_: Attempt) -> None: ...


def observing(aws: object) -> None:
    # => arg-type / reportArgumentType / invalid-argument-type
    Client(aws, observer=observe)


async def results(client: Client, arn: str) -> None:
    model = await get_audience_model(client, arn)
    # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
    model.nmae
    # => index / reportIndexIssue / not-subscriptable
    model["name"]
    # => misc / reportAttributeAccessIssue / invalid-assignment
    model.name = "other"
    # => union-attr / reportOptionalMemberAccess / missing-union-attribute
    model.description.upper()
    # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
    model.metrics.append
    # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
    get_audience_model(client, arn).status
    # => attr-defined / reportAttributeAccessIssue, reportUnknownMemberType / missing-attribute
    if model.status == AudienceModelStatus.ACTVE:
        return
    # => misc / reportGeneralTypeIssues / invalid-await
    await list_audience_models(client)
    # => attr-defined / reportGeneralTypeIssues, reportUnknownVariableType / not-iterable
    for _ in list_audience_models(client):
        break
    # => misc / reportGeneralTypeIssues / invalid-await
    await watch_audience_model(client, arn)
    # => attr-defined / reportGeneralTypeIssues / invalid-context-manager
    with connect():
        pass


def values() -> None:
    now = datetime.now(UTC)
    # => call-arg / reportCallIssue / missing-argument, too-many-positional-arguments
    AudienceSize(AudienceSizeType.PERCENTAGE, 5)
    # => arg-type / reportArgumentType / invalid-argument-type
    AudienceSize(type=5, value=5)
    # => call-arg / reportCallIssue / missing-argument
    AudienceSize(type=AudienceSizeType.PERCENTAGE)
    # => arg-type / reportArgumentType / invalid-argument-type
    ColumnSchema(column_name="user", column_types="USER_ID")
    # => arg-type / reportArgumentType / invalid-argument-type
    ColumnSchema(column_name="user", column_types={ColumnType.USER_ID})
    # => list-item / reportArgumentType / invalid-argument-type
    ColumnSchema(column_name="user", column_types=[1])
    # => arg-type / reportArgumentType / invalid-argument-type
    ContainerConfig(image_uri="image", arguments="--lr 1")
    # => arg-type / reportArgumentType / invalid-argument-type
    ContainerConfig(image_uri="image", arguments=b"--lr 1")
    # => arg-type / reportArgumentType / invalid-argument-type
    ContainerConfig(image_uri="image", arguments=None)
    # => arg-type / reportArgumentType / invalid-argument-type
    AudienceSizeConfig(audience_size_type="ABSOLUTE", audience_size_bins=b"123")
    # => arg-type / reportArgumentType / invalid-argument-type
    Dataset(type="INTERACTIONS", input_config={"schema": []})
    # => arg-type / reportArgumentType / invalid-argument-type
    ResourceConfig(instance_type=None, volume_size_in_gb=10)
    # => arg-type / reportArgumentType / invalid-argument-type
    ModelTrainingDataChannel(ml_input_channel_arn="arn", channel_name="c", s3_data_distribution_type=1)
    AudienceModel(
        audience_model_arn="",
        name="",
        # => arg-type / reportArgumentType / invalid-argument-type
        status=AudienceGenerationJobStatus.ACTIVE,
        training_dataset_arn="",
        create_time=now,
        # => arg-type / reportArgumentType / invalid-argument-type
        update_time="2026-01-01",
    )
    # => call-arg / reportCallIssue / too-many-positional-arguments
    Polling(60)
    # => call-arg / reportCallIssue / unknown-argument
    RetryPolicy(attempts=3)


def is_settled(status: AudienceModelStatus) -> bool:
    match status:
        case AudienceModelStatus.ACTIVE | AudienceModelStatus.CREATE_FAILED | AudienceModelStatus.DELETE_FAILED:
            return True
        case AudienceModelStatus.CREATE_PENDING | AudienceModelStatus.CREATE_IN_PROGRESS:
            return False
        case _ as left:
            # => arg-type / reportArgumentType / type-assertion-failure
            assert_never(left)


def testing(service: LocalService) -> None:
    # => arg-type / reportArgumentType / invalid-argument-type
    service.inject("Throttle")
    # => arg-type / reportArgumentType / invalid-argument-type
    service.inject(Throttle(retry_after="3"))
    # => arg-type / reportArgumentType / invalid-argument-type
    service.add_audience_model(status=5)
    # => assignment / reportAssignmentType / invalid-assignment
    _: str = make(AudienceModel)
