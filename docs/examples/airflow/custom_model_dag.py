"""The custom-model path as a DAG: train with a container of yours, infer, export the model."""

import os

from airflow.sdk import DAG, chain

from cleanroomsml_client import (
    ContainerConfig,
    InferenceContainerConfig,
    InferenceInstanceType,
    InferenceOutputConfiguration,
    InferenceReceiverMember,
    InferenceResourceConfig,
    InputChannel,
    InstanceType,
    MLOutputConfiguration,
    Polling,
    ResourceConfig,
    TrainedModelExportOutputConfiguration,
    TrainedModelExportReceiverMember,
)
from cleanroomsml_client.airflow.operators import (
    CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator,
    CleanRoomsMLCreateConfiguredModelAlgorithmOperator,
    CleanRoomsMLCreateMLInputChannelOperator,
    CleanRoomsMLCreateTrainedModelOperator,
    CleanRoomsMLPutMLConfigurationOperator,
    CleanRoomsMLStartTrainedModelExportJobOperator,
    CleanRoomsMLStartTrainedModelInferenceJobOperator,
)

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/custom-model"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/visits"
MEMBERSHIP = "{{ var.value.membership }}"
NAME = "{{ run_id }}"
QUERIES = {
    "past": "SELECT * FROM visits WHERE day < '{{ dag_run.run_after | ds }}'",
    "new": "SELECT * FROM visits WHERE day = '{{ dag_run.run_after | ds }}'",
}
# Without this policy, the service refuses the export.
PRIVACY = {
    "policies": {"trainedModelExports": {"maxSize": {"unit": "GB", "value": 10}, "filesToExport": ["MODEL"]}},
}
POLLING = Polling(maximum=float(os.environ.get("POLL_SECONDS", "60")))

with DAG(
    "custom_model",
    schedule=None,
    default_args={"deferrable": True, "polling": POLLING, "retries": 2},
) as dag:
    output = CleanRoomsMLPutMLConfigurationOperator(
        task_id="output",
        membership_identifier=MEMBERSHIP,
        default_output_location=MLOutputConfiguration.to_s3("s3://models/visits", role_arn=ROLE),
    )
    algorithm = CleanRoomsMLCreateConfiguredModelAlgorithmOperator(
        task_id="algorithm",
        name=NAME,
        role_arn=ROLE,
        training_container_config=ContainerConfig(image_uri=IMAGE),
        inference_container_config=InferenceContainerConfig(image_uri=IMAGE),
    )
    associate = CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator(
        task_id="associate",
        membership_identifier=MEMBERSHIP,
        name=NAME,
        configured_model_algorithm_arn=algorithm.output,
        privacy_configuration=PRIVACY,
    )
    past, new = (
        CleanRoomsMLCreateMLInputChannelOperator(
            task_id=f"{period}_data",
            membership_identifier=MEMBERSHIP,
            name=f"{period}-{NAME}",
            configured_model_algorithm_associations=[associate.output],
            input_channel=InputChannel.from_sql(query, role_arn=ROLE),
            retention_in_days=1,
        )
        for period, query in QUERIES.items()
    )
    train = CleanRoomsMLCreateTrainedModelOperator(
        task_id="train",
        membership_identifier=MEMBERSHIP,
        name=NAME,
        configured_model_algorithm_association_arn=associate.output,
        resource_config=ResourceConfig(instance_type=InstanceType.ML_M5_XLARGE, volume_size_in_gb=10),
        # A dict with AWS's member names, where the value is the output of another task.
        data_channels=[{"mlInputChannelArn": past.output, "channelName": "past"}],
    )
    infer = CleanRoomsMLStartTrainedModelInferenceJobOperator(
        task_id="infer",
        membership_identifier=MEMBERSHIP,
        name=NAME,
        trained_model_arn=train.output,
        resource_config=InferenceResourceConfig(instance_type=InferenceInstanceType.ML_M5_XLARGE),
        output_configuration=InferenceOutputConfiguration(members=[InferenceReceiverMember(account_id=ACCOUNT)]),
        data_source={"mlInputChannelArn": new.output},
    )
    receiver = TrainedModelExportReceiverMember(account_id=ACCOUNT)
    export = CleanRoomsMLStartTrainedModelExportJobOperator(
        task_id="export",
        membership_identifier=MEMBERSHIP,
        name="model",
        trained_model_arn=train.output,
        output_configuration=TrainedModelExportOutputConfiguration(members=[receiver]),
    )
    chain(output, [train, infer, export])
