"""The lookalike path as a DAG: train a model, generate an audience, export it, delete what is not needed any more."""

import os

from airflow.sdk import DAG, chain

from cleanroomsml_client import (
    AudienceGenerationJobDataSource,
    AudienceSize,
    AudienceSizeConfig,
    AudienceSizeType,
    ColumnType,
    ConfiguredAudienceModelOutputConfig,
    Dataset,
    Polling,
    SharedAudienceMetrics,
)
from cleanroomsml_client.airflow.operators import (
    CleanRoomsMLCreateAudienceModelOperator,
    CleanRoomsMLCreateConfiguredAudienceModelOperator,
    CleanRoomsMLCreateTrainingDatasetOperator,
    CleanRoomsMLDeleteOperator,
    CleanRoomsMLStartAudienceExportJobOperator,
    CleanRoomsMLStartAudienceGenerationJobOperator,
)

ROLE = "arn:aws:iam::111122223333:role/lookalike"
COLUMNS = {"user_id": ColumnType.USER_ID, "item_id": ColumnType.ITEM_ID, "seen_at": ColumnType.TIMESTAMP}
# A name of its own for each run. AWS allows 63 characters; the id of a run has up to 58.
NAME = "{{ run_id }}"
# On AWS the default is right: every 5 to 60 seconds.
POLLING = Polling(maximum=float(os.environ.get("POLL_SECONDS", "60")))

with DAG(
    "lookalike",
    schedule=None,
    default_args={"deferrable": True, "polling": POLLING, "retries": 2},
) as dag:
    dataset = CleanRoomsMLCreateTrainingDatasetOperator(
        task_id="dataset",
        name=NAME,
        role_arn=ROLE,
        training_data=[Dataset.from_glue("visits", "interactions", COLUMNS)],
    )
    train = CleanRoomsMLCreateAudienceModelOperator(task_id="train", name=NAME, training_dataset_arn=dataset.output)
    configure = CleanRoomsMLCreateConfiguredAudienceModelOperator(
        task_id="configure",
        name=NAME,
        audience_model_arn=train.output,
        output_config=ConfiguredAudienceModelOutputConfig.to_s3(
            "s3://audiences/{{ dag_run.run_after | ds }}", role_arn=ROLE
        ),
        shared_audience_metrics=[SharedAudienceMetrics.ALL],
        audience_size_config=AudienceSizeConfig(
            audience_size_type=AudienceSizeType.PERCENTAGE, audience_size_bins=[1, 5, 10, 20]
        ),
    )
    generate = CleanRoomsMLStartAudienceGenerationJobOperator(
        task_id="generate",
        name=NAME,
        configured_audience_model_arn=configure.output,
        seed_audience=AudienceGenerationJobDataSource.from_s3("s3://seeds/customers.jsonl", role_arn=ROLE),
    )
    export = CleanRoomsMLStartAudienceExportJobOperator(
        task_id="export",
        name="best",
        audience_generation_job_arn=generate.output,
        audience_size=AudienceSize(type=AudienceSizeType.PERCENTAGE, value=5),
    )
    delete_job = CleanRoomsMLDeleteOperator(task_id="delete_job", arn=generate.output)
    chain(export, delete_job)
