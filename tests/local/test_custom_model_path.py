"""boto3 with its usual settings runs the whole custom-model path against the service."""

import asyncio
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cleanroomsml_client.local import Clock, LocalService

ROLE_ARN = "arn:aws:iam::111122223333:role/clean-rooms-ml"
LOCATION = {"destination": {"s3Destination": {"s3Uri": "s3://bucket/models"}}, "roleArn": ROLE_ARN}
CREATED = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "ACTIVE"]
DELETED = ["DELETE_PENDING", "DELETE_IN_PROGRESS", "INACTIVE"]


class Path:
    """The steps of a script that polls; the clock advances between its polls."""

    def __init__(self, ml: Any, clock: Clock, membership: str, collaboration: str) -> None:
        self.ml = ml
        self.clock = clock
        self.membership = {"membershipIdentifier": membership}
        self.collaboration = {"collaborationIdentifier": collaboration}

    def states(self, get: str, **identity: str) -> list[str]:
        """Poll until no transition is in progress; return all states."""
        statuses: list[str] = []
        while True:
            status = getattr(self.ml, get)(**self.membership, **identity)["status"]
            if not statuses or statuses[-1] != status:
                statuses.append(status)
            if not status.endswith(("PENDING", "IN_PROGRESS")):
                return statuses
            self.clock.advance(30)

    def create_channel(self, association: str, name: str) -> dict[str, str]:
        """Create a channel; return the parameter that identifies it."""
        query = {"protectedQueryInputParameters": {"sqlParameters": {"queryString": "SELECT * FROM visits"}}}
        created: dict[str, str] = self.ml.create_ml_input_channel(
            **self.membership,
            configuredModelAlgorithmAssociations=[association],
            inputChannel={"dataSource": query, "roleArn": ROLE_ARN},
            name=name,
            retentionInDays=30,
        )
        return {"mlInputChannelArn": created["mlInputChannelArn"]}

    def run(self) -> None:
        """Go from a container image to exported inferences, then delete all data."""
        ml, membership = self.ml, self.membership
        ml.put_ml_configuration(**membership, defaultOutputLocation=LOCATION)
        algorithm = ml.create_configured_model_algorithm(
            name="algorithm",
            roleArn=ROLE_ARN,
            trainingContainerConfig={"imageUri": "train"},
            inferenceContainerConfig={"imageUri": "infer"},
        )["configuredModelAlgorithmArn"]
        exports = {"maxSize": {"unit": "GB", "value": 1.0}, "filesToExport": ["MODEL"]}
        association = ml.create_configured_model_algorithm_association(
            **membership,
            configuredModelAlgorithmArn=algorithm,
            name="association",
            privacyConfiguration={"policies": {"trainedModelExports": exports}},
        )["configuredModelAlgorithmAssociationArn"]

        past, new = self.create_channel(association, "past"), self.create_channel(association, "new")
        assert self.states("get_ml_input_channel", **past) == CREATED
        assert self.states("get_ml_input_channel", **new) == ["ACTIVE"]

        training = {
            **membership,
            "name": "model",
            "configuredModelAlgorithmAssociationArn": association,
            "resourceConfig": {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10},
            "dataChannels": [{**past, "channelName": "past"}],
        }
        model = {"trainedModelArn": ml.create_trained_model(**training)["trainedModelArn"]}
        assert self.states("get_trained_model", **model) == CREATED
        cancelled = {"trainedModelArn": ml.create_trained_model(**training)["trainedModelArn"]}
        ml.cancel_trained_model(**membership, **cancelled)
        assert self.states("get_trained_model", **cancelled) == ["CANCEL_PENDING", "CANCEL_IN_PROGRESS", "INACTIVE"]

        receivers = {"members": [{"accountId": "111122223333"}]}
        job = ml.start_trained_model_inference_job(
            **membership,
            **model,
            name="job",
            resourceConfig={"instanceType": "ml.m5.xlarge"},
            outputConfiguration=receivers,
            dataSource=new,
        )
        identity = {"trainedModelInferenceJobArn": job["trainedModelInferenceJobArn"]}
        assert self.states("get_trained_model_inference_job", **identity) == CREATED
        ml.start_trained_model_export_job(**membership, **model, name="export", outputConfiguration=receivers)
        self.clock.advance(600)
        exported = ml.list_collaboration_trained_model_export_jobs(**self.collaboration, **model)
        [export] = exported["collaborationTrainedModelExportJobs"]
        assert export["status"] == "ACTIVE"

        with pytest.raises(ClientError, match="ConflictException"):
            ml.delete_configured_model_algorithm_association(
                **membership, configuredModelAlgorithmAssociationArn=association
            )
        ml.delete_trained_model_output(**membership, **model)
        assert self.states("get_trained_model", **model) == DELETED
        for channel in (past, new):
            ml.delete_ml_input_channel_data(**membership, **channel)
            assert self.states("get_ml_input_channel", **channel) == DELETED
        ml.delete_configured_model_algorithm_association(
            **membership, configuredModelAlgorithmAssociationArn=association
        )
        ml.delete_configured_model_algorithm(configuredModelAlgorithmArn=algorithm)
        ml.delete_ml_configuration(**membership)
        models = ml.get_paginator("list_trained_models").paginate(**membership).build_full_result()["trainedModels"]
        assert [model["status"] for model in models] == ["INACTIVE", "INACTIVE"]


async def test_custom_model_path(service: LocalService, clock: Clock) -> None:
    """boto3 trains, cancels, infers, exports and cleans up, with its parameter validation on."""
    session: Any = boto3.Session
    client = session().client(
        "cleanroomsml",
        endpoint_url=service.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="local",
    )
    membership = service.add_membership()
    try:
        path = Path(client, clock, membership, service.collaboration_of(membership))
        await asyncio.to_thread(path.run)
    finally:
        client.close()
