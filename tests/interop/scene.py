"""Two parties go through a collaboration with boto3. scene.sh is the same scene, with more words."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import boto3

OWNER, PARTNER = "111122223333", "444455556666"
_session: Any = boto3.Session
owner, partner, stranger = (
    _session(profile_name=name).client("cleanroomsml") for name in ("owner", "partner", "stranger")
)
facts: dict[str, str] = {}


def expect(value: object, wanted: object) -> None:
    """End the scene if a value is not the wanted one."""
    if value != wanted:
        raise SystemExit(f"scene.py: got {value!r} instead of {wanted!r}")


def note(name: str, value: object) -> None:
    """Add a fact to the result of the scene."""
    facts[name] = str(value)


def control(route: str, **body: object) -> None:
    """Send a request to the control API of the local service."""
    url = f"{os.environ['ENDPOINT']}/_cleanroomsml/v1/{route}"
    request = Request(url, json.dumps(body).encode())  # noqa: S310  # the local service
    build_opener(ProxyHandler({})).open(request).close()


def refused(name: str, words: str, call: Any, /, **parameters: Any) -> Any:
    """Expect that AWS refuses a request, with this class of error, and these words in its message."""
    # Each client has classes of its own.
    class_ = getattr(call.__self__.exceptions, name)
    try:
        call(**parameters)
    except class_ as error:
        if words not in error.response["Error"]["Message"]:
            raise
        return error.response
    raise SystemExit(f"scene.py: was not refused with {name}")


def let_time_pass() -> None:
    """Let five minutes pass."""
    control("clock", advance=300)


def wait_until(wanted: str, name: str, poll: Callable[[], str]) -> None:
    """Poll a status until it no longer changes by itself; note the states."""
    seen: list[str] = []
    while True:
        status = poll()
        if seen[-1:] != [status]:
            seen.append(status)
        if not status.endswith(("_PENDING", "_IN_PROGRESS")):
            break
        let_time_pass()
    expect(seen[-1], wanted)
    note(name, " ".join(seen))


def wait_until_gone(call: Any, **parameters: Any) -> None:
    """Poll until AWS does not find the resource."""
    while True:
        try:
            call(**parameters)
        except call.__self__.exceptions.ResourceNotFoundException as error:
            expect("was not found" in error.response["Error"]["Message"], wanted=True)
            return
        let_time_pass()


def lookalike() -> None:
    """Let the partner use a lookalike model of the owner."""
    columns = {"user_id": "USER_ID", "item_id": "ITEM_ID", "seen_at": "TIMESTAMP"}
    schema = [{"columnName": name, "columnTypes": [kind]} for name, kind in columns.items()]
    source = {"glueDataSource": {"tableName": "interactions", "databaseName": "visits"}}
    dataset = owner.create_training_dataset(
        name="visits",
        roleArn=f"arn:aws:iam::{OWNER}:role/clean-rooms-ml",
        tags={"team": "ads", "Zweck & Ziel": "50 % größer"},
        trainingData=[{"type": "INTERACTIONS", "inputConfig": {"schema": schema, "dataSource": source}}],
    )["trainingDatasetArn"]
    note("tag", owner.list_tags_for_resource(resourceArn=dataset)["tags"]["Zweck & Ziel"])
    owner.tag_resource(resourceArn=dataset, tags={"season": "spring"})
    owner.untag_resource(resourceArn=dataset, tagKeys=["Zweck & Ziel", "team"])
    note("tags left", " ".join(owner.list_tags_for_resource(resourceArn=dataset)["tags"]))

    control("faults", fault="Throttle")
    note("training datasets", len(owner.list_training_datasets()["trainingDatasets"]))

    model = owner.create_audience_model(
        name="spring",
        trainingDatasetArn=dataset,
        trainingDataStartTime=datetime(2026, 3, 1, tzinfo=UTC),
        trainingDataEndTime=datetime(2026, 4, 1, tzinfo=UTC),
    )["audienceModelArn"]
    wait_until("ACTIVE", "audience model", lambda: owner.get_audience_model(audienceModelArn=model)["status"])
    note(
        "trained on data from",
        f"{owner.get_audience_model(audienceModelArn=model)['trainingDataStartTime']:%Y-%m-%dT%H:%M:%S}",
    )

    summer, autumn = (
        owner.create_audience_model(name=name, trainingDatasetArn=dataset)["audienceModelArn"]
        for name in ("summer", "autumn")
    )
    too_many = refused(
        "ServiceQuotaExceededException", "is 2", owner.create_audience_model, name="winter", trainingDatasetArn=dataset
    )
    expect((too_many["quotaValue"], bool(too_many["quotaName"])), (2, True))
    first = owner.list_audience_models(maxResults=2)
    second = owner.list_audience_models(maxResults=2, nextToken=first["nextToken"])
    note("pages", f"{len(first['audienceModels'])} {len(second['audienceModels'])}")
    expect("nextToken" in second, wanted=False)
    pages = owner.get_paginator("list_audience_models").paginate(PaginationConfig={"PageSize": 2})
    note("on all pages", len(pages.build_full_result()["audienceModels"]))

    configured = owner.create_configured_audience_model(
        name="spring",
        audienceModelArn=model,
        outputConfig={
            "destination": {"s3Destination": {"s3Uri": "s3://audiences/spring"}},
            "roleArn": f"arn:aws:iam::{OWNER}:role/writer",
        },
        audienceSizeConfig={"audienceSizeType": "PERCENTAGE", "audienceSizeBins": [1, 5, 10, 20]},
        sharedAudienceMetrics=["ALL"],
        minMatchingSeedSize=500,
    )["configuredAudienceModelArn"]
    request = {
        "name": "customers",
        "configuredAudienceModelArn": configured,
        "seedAudience": {
            "dataSource": {"s3Uri": "s3://seeds/customers.jsonl"},
            "roleArn": f"arn:aws:iam::{PARTNER}:role/reader",
        },
    }
    refused("AccessDeniedException", "not authorized", partner.start_audience_generation_job, **request)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": PARTNER},
        "Action": "cleanrooms-ml:StartAudienceGenerationJob",
        "Resource": configured,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    owner.put_configured_audience_model_policy(
        configuredAudienceModelArn=configured,
        configuredAudienceModelPolicy=json.dumps(policy, separators=(",", ":")),
    )

    job = {
        "audienceGenerationJobArn": partner.start_audience_generation_job(**request)["audienceGenerationJobArn"],
    }
    wait_until("ACTIVE", "audience generation job", lambda: partner.get_audience_generation_job(**job)["status"])
    relevance = partner.get_audience_generation_job(**job)["metrics"]["relevanceMetrics"]
    note("sizes with a relevance", " ".join(str(each["audienceSize"]["value"]) for each in relevance))
    export: dict[str, Any] = {"name": "best", **job, "audienceSize": {"type": "PERCENTAGE", "value": 5}}
    wrong = {**export, "audienceSize": {"type": "PERCENTAGE", "value": 7}}
    refused("ValidationException", "1, 5, 10, 20", partner.start_audience_export_job, **wrong)
    partner.start_audience_export_job(**export)
    wait_until(
        "ACTIVE",
        "audience export job",
        lambda: partner.list_audience_export_jobs(**job)["audienceExportJobs"][0]["status"],
    )

    refused("AccessDeniedException", dataset, stranger.get_training_dataset, trainingDatasetArn=dataset)
    refused("ConflictException", "still in use", owner.delete_training_dataset, trainingDatasetArn=dataset)

    partner.delete_audience_generation_job(**job)
    wait_until_gone(partner.get_audience_generation_job, **job)
    owner.delete_configured_audience_model_policy(configuredAudienceModelArn=configured)
    owner.delete_configured_audience_model(configuredAudienceModelArn=configured)
    for each in (model, summer, autumn):
        owner.delete_audience_model(audienceModelArn=each)
    wait_until_gone(owner.get_audience_model, audienceModelArn=autumn)
    owner.delete_training_dataset(trainingDatasetArn=dataset)
    note("training datasets left", len(owner.list_training_datasets()["trainingDatasets"]))


def custom_model() -> None:
    """Let the partner train an algorithm of the owner on the data of both."""
    owned = {"membershipIdentifier": os.environ["OWNER_MEMBERSHIP"]}
    shared = {"membershipIdentifier": os.environ["PARTNER_MEMBERSHIP"]}
    everyone = {"collaborationIdentifier": os.environ["COLLABORATION"]}
    for account, party, membership in ((OWNER, owner, owned), (PARTNER, partner, shared)):
        location = {
            "destination": {"s3Destination": {"s3Uri": f"s3://models-{account}/visits"}},
            "roleArn": f"arn:aws:iam::{account}:role/writer",
        }
        party.put_ml_configuration(**membership, defaultOutputLocation=location)
    image = f"{OWNER}.dkr.ecr.us-east-1.amazonaws.com/visits:1"
    algorithm = owner.create_configured_model_algorithm(
        name="ranking",
        roleArn=f"arn:aws:iam::{OWNER}:role/clean-rooms-ml",
        trainingContainerConfig={
            "imageUri": image,
            "arguments": ["--depth", "7"],
            "metricDefinitions": [{"name": "loss", "regex": "loss=(.*)"}],
        },
        inferenceContainerConfig={"imageUri": image},
    )["configuredModelAlgorithmArn"]
    exports = {"maxSize": {"unit": "GB", "value": 2.5}, "filesToExport": ["MODEL"]}
    association = owner.create_configured_model_algorithm_association(
        **owned,
        name="ranking",
        configuredModelAlgorithmArn=algorithm,
        privacyConfiguration={"policies": {"trainedModelExports": exports}},
    )["configuredModelAlgorithmAssociationArn"]
    terms = partner.get_collaboration_configured_model_algorithm_association(
        **everyone, configuredModelAlgorithmAssociationArn=association
    )
    note("largest export", terms["privacyConfiguration"]["policies"]["trainedModelExports"]["maxSize"]["value"])

    query = {"sqlParameters": {"queryString": 'SELECT * FROM visits WHERE country <> "Österreich"'}}
    channel = partner.create_ml_input_channel(
        **shared,
        name="visits",
        configuredModelAlgorithmAssociations=[association],
        retentionInDays=30,
        inputChannel={
            "roleArn": f"arn:aws:iam::{PARTNER}:role/reader",
            "dataSource": {"protectedQueryInputParameters": query},
        },
    )["mlInputChannelArn"]

    def channel_status() -> str:
        status: str = partner.get_ml_input_channel(**shared, mlInputChannelArn=channel)["status"]
        return status

    def model_status(arn: str) -> str:
        status: str = partner.get_trained_model(**shared, trainedModelArn=arn)["status"]
        return status

    wait_until("ACTIVE", "ML input channel", channel_status)
    request = {
        **shared,
        "configuredModelAlgorithmAssociationArn": association,
        "resourceConfig": {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10},
        "hyperparameters": {"depth": "7", "rate": "0.1"},
        "dataChannels": [{"mlInputChannelArn": channel, "channelName": "training"}],
    }
    trained = partner.create_trained_model(**request, name="ranking")["trainedModelArn"]
    wait_until("ACTIVE", "trained model", lambda: model_status(trained))

    mistake = partner.create_trained_model(**request, name="mistake")["trainedModelArn"]
    partner.cancel_trained_model(**shared, trainedModelArn=mistake)
    wait_until("INACTIVE", "cancelled model", lambda: model_status(mistake))

    receiver = {"members": [{"accountId": OWNER}]}
    inference = partner.start_trained_model_inference_job(
        **shared,
        name="weekly",
        trainedModelArn=trained,
        resourceConfig={"instanceType": "ml.m5.xlarge"},
        dataSource={"mlInputChannelArn": channel},
        outputConfiguration={"accept": "text/csv", **receiver},
    )["trainedModelInferenceJobArn"]
    wait_until(
        "ACTIVE",
        "inference job",
        lambda: partner.get_trained_model_inference_job(**shared, trainedModelInferenceJobArn=inference)["status"],
    )
    partner.start_trained_model_export_job(
        **shared, name="ranking", trainedModelArn=trained, outputConfiguration=receiver
    )
    wait_until(
        "ACTIVE",
        "trained model export job",
        lambda: owner.list_collaboration_trained_model_export_jobs(**everyone, trainedModelArn=trained)[
            "collaborationTrainedModelExportJobs"
        ][0]["status"],
    )

    channels = owner.list_collaboration_ml_input_channels(**everyone)["collaborationMLInputChannelsList"]
    note("owner sees channels", len(channels))
    pages = owner.get_paginator("list_collaboration_trained_models").paginate(
        **everyone, PaginationConfig={"PageSize": 1}
    )
    note("owner sees models", len(pages.build_full_result()["collaborationTrainedModels"]))
    jobs = owner.list_collaboration_trained_model_inference_jobs(**everyone)["collaborationTrainedModelInferenceJobs"]
    note("owner sees inference jobs", len(jobs))
    refused("ResourceNotFoundException", trained, owner.cancel_trained_model, **owned, trainedModelArn=trained)
    refused("AccessDeniedException", "not authorized", stranger.list_trained_models, **shared)

    ending = {**owned, "configuredModelAlgorithmAssociationArn": association}
    refused("ConflictException", "still in use", owner.delete_configured_model_algorithm_association, **ending)
    partner.delete_trained_model_output(**shared, trainedModelArn=trained)
    partner.delete_ml_input_channel_data(**shared, mlInputChannelArn=channel)
    wait_until("INACTIVE", "deleted model", lambda: model_status(trained))
    wait_until("INACTIVE", "deleted channel", channel_status)
    owner.delete_configured_model_algorithm_association(**ending)
    owner.delete_configured_model_algorithm(configuredModelAlgorithmArn=algorithm)
    owner.delete_ml_configuration(**owned)
    partner.delete_ml_configuration(**shared)
    models = partner.list_trained_models(**shared)["trainedModels"]
    note("trained models left", " ".join(model["status"] for model in models))


lookalike()
custom_model()
sys.stdout.write(f"{json.dumps(facts)}\n")
