"""The demonstration scene: two parties on both paths, with some jobs in progress."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .._client import Client
from .lifecycle import Durations

if TYPE_CHECKING:
    from .service import LocalService

__all__ = ["IN_TRAINING", "fill"]

IN_TRAINING = "audience model in training"

_COLUMNS = {"user_id": "USER_ID", "item_id": "ITEM_ID", "seen_at": "TIMESTAMP"}
_IMAGE = "{account}.dkr.ecr.{region}.amazonaws.com/visits"
_MACHINES = {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10}


async def fill(service: "LocalService", members: Sequence[Mapping[str, str]], region: str) -> dict[str, str]:
    """Create the scene by requests of its parties.

    Args:
        service: A running service.
        members: The accounts with their memberships. The first one owns the models; the second one uses them, or,
            if there is none, the first one, too.
        region: The region of the resources.

    Returns:
        The ARNs, by what each is.
    """
    owner = members[0]
    collaboration = owner["collaborationIdentifier"]
    other = next((each for each in members[1:] if each["collaborationIdentifier"] == collaboration), owner)
    durations = service.durations
    # What the scene does not show in progress is ready at once.
    service.durations = Durations(create=(0, 0))
    async with (
        service.connect(account_id=owner["accountId"], region_name=region) as first,
        service.connect(account_id=other["accountId"], region_name=region) as second,
    ):
        parties = _Party(first, owner, region), _Party(second, other, region)
        lookalike = await _lookalike(*parties)
        custom = await _custom_models(*parties)
        # In progress long enough for people to watch it: two minutes.
        speed = service.clock.speed or 1.0
        service.durations = Durations(create=(20 * speed, 100 * speed))
        moving = await _in_progress(*parties, {**lookalike, **custom})
    service.durations = durations
    service.requests.clear()
    return {**lookalike, **custom, **moving}


class _Party:
    """A member of the collaboration, with its client."""

    def __init__(self, client: Client, member: Mapping[str, str], region: str) -> None:
        self.client = client
        self.account = member["accountId"]
        self.membership = member["membershipIdentifier"]
        self.region = region
        self.role = f"arn:aws:iam::{self.account}:role/clean-rooms-ml"
        self.image = _IMAGE.format(account=self.account, region=region)

    async def make(self, operation: str, member: str, **parameters: object) -> str:
        """Call an operation; return the ARN in its response."""
        return (await self.client.send(operation, **parameters)).read(str, member)

    async def make_in_membership(self, operation: str, member: str, **parameters: object) -> str:
        """Call an operation of the membership; return the ARN in its response."""
        return await self.make(operation, member, membership_identifier=self.membership, **parameters)


async def _lookalike(owner: _Party, other: _Party) -> dict[str, str]:
    schema = [{"columnName": name, "columnTypes": [kind]} for name, kind in _COLUMNS.items()]
    source = {"glueDataSource": {"tableName": "interactions", "databaseName": "visits"}}
    dataset = await owner.make(
        "CreateTrainingDataset",
        "trainingDatasetArn",
        name="visits",
        role_arn=owner.role,
        training_data=[{"type": "INTERACTIONS", "inputConfig": {"schema": schema, "dataSource": source}}],
    )
    model = await owner.make("CreateAudienceModel", "audienceModelArn", name="spring", training_dataset_arn=dataset)
    configured = await owner.make(
        "CreateConfiguredAudienceModel",
        "configuredAudienceModelArn",
        name="spring",
        audience_model_arn=model,
        output_config={"destination": {"s3Destination": {"s3Uri": "s3://audiences/spring"}}, "roleArn": owner.role},
        shared_audience_metrics=["ALL"],
        audience_size_config={"audienceSizeType": "PERCENTAGE", "audienceSizeBins": [1, 5, 10, 20]},
    )
    if other.account != owner.account:
        await owner.make(
            "PutConfiguredAudienceModelPolicy",
            "policyHash",
            configured_audience_model_arn=configured,
            configured_audience_model_policy=_policy(configured, other.account),
        )
    job = await other.make(
        "StartAudienceGenerationJob",
        "audienceGenerationJobArn",
        name="customers",
        configured_audience_model_arn=configured,
        seed_audience={"dataSource": {"s3Uri": "s3://seeds/customers.jsonl"}, "roleArn": other.role},
    )
    return {
        "training dataset": dataset,
        "audience model": model,
        "configured audience model": configured,
        "audience generation job": job,
    }


def _policy(arn: str, account: str) -> str:
    """Return a policy that lets another account generate audiences."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": ["cleanrooms-ml:GetConfiguredAudienceModel", "cleanrooms-ml:StartAudienceGenerationJob"],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def _custom_models(owner: _Party, other: _Party) -> dict[str, str]:
    for party in {owner.membership: owner, other.membership: other}.values():
        destination = {"s3Destination": {"s3Uri": f"s3://models-{party.account}/visits"}}
        await party.client.send(
            "PutMLConfiguration",
            membership_identifier=party.membership,
            default_output_location={"destination": destination, "roleArn": party.role},
        )
    algorithm = await owner.make(
        "CreateConfiguredModelAlgorithm",
        "configuredModelAlgorithmArn",
        name="ranking",
        role_arn=owner.role,
        training_container_config={"imageUri": owner.image},
        inference_container_config={"imageUri": owner.image},
    )
    exports = {"maxSize": {"unit": "GB", "value": 10}, "filesToExport": ["MODEL"]}
    association = await owner.make_in_membership(
        "CreateConfiguredModelAlgorithmAssociation",
        "configuredModelAlgorithmAssociationArn",
        name="ranking",
        configured_model_algorithm_arn=algorithm,
        privacy_configuration={"policies": {"trainedModelExports": exports}},
    )
    query = {"protectedQueryInputParameters": {"sqlParameters": {"queryString": "SELECT * FROM visits"}}}
    channel = await other.make_in_membership(
        "CreateMLInputChannel",
        "mlInputChannelArn",
        name="visits",
        configured_model_algorithm_associations=[association],
        input_channel={"dataSource": query, "roleArn": other.role},
        retention_in_days=30,
    )
    trained = await _train(other, "ranking", association, channel)
    return {
        "algorithm": algorithm,
        "algorithm association": association,
        "ML input channel": channel,
        "trained model": trained,
    }


async def _train(party: _Party, name: str, association: str, channel: str) -> str:
    return await party.make_in_membership(
        "CreateTrainedModel",
        "trainedModelArn",
        name=name,
        configured_model_algorithm_association_arn=association,
        resource_config=_MACHINES,
        data_channels=[{"mlInputChannelArn": channel, "channelName": "training"}],
    )


async def _in_progress(owner: _Party, other: _Party, made: Mapping[str, str]) -> dict[str, str]:
    """Start what is worth watching."""
    model = await owner.make(
        "CreateAudienceModel", "audienceModelArn", name="summer", training_dataset_arn=made["training dataset"]
    )
    await other.client.send(
        "StartAudienceExportJob",
        name="best",
        audience_generation_job_arn=made["audience generation job"],
        audience_size={"type": "PERCENTAGE", "value": 5},
    )
    trained = await _train(other, "ranking-2", made["algorithm association"], made["ML input channel"])
    job = await other.make_in_membership(
        "StartTrainedModelInferenceJob",
        "trainedModelInferenceJobArn",
        name="weekly",
        trained_model_arn=made["trained model"],
        resource_config={"instanceType": "ml.m5.xlarge"},
        output_configuration={"members": [{"accountId": owner.account}]},
        data_source={"mlInputChannelArn": made["ML input channel"]},
    )
    return {IN_TRAINING: model, "model in training": trained, "inference job": job}
