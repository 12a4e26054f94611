"""A task of your own in a DAG: wait for an audience of somebody else, choose a size by its relevance, export it."""

from airflow.sdk import DAG, task

from cleanroomsml_client import get_audience_generation_job
from cleanroomsml_client.airflow.hooks import CleanRoomsMLHook
from cleanroomsml_client.airflow.operators import CleanRoomsMLStartAudienceExportJobOperator
from cleanroomsml_client.airflow.sensors import CleanRoomsMLSensor

JOB = "{{ dag_run.conf['job_arn'] }}"
RELEVANT = 2.5


@task
def largest_size(job_arn: str) -> int:
    """Return the percentage of the largest audience that is relevant enough."""
    job = CleanRoomsMLHook().run(get_audience_generation_job, job_arn)
    metrics = job.metrics.relevance_metrics if job.metrics else ()
    sizes = [each.audience_size.value for each in metrics if (each.score or 0) >= RELEVANT]
    return max(sizes, default=1)


with DAG("choose_a_size", schedule=None) as dag:
    wait = CleanRoomsMLSensor(task_id="wait", arn=JOB, deferrable=True, timeout=6 * 3600)
    size = largest_size(JOB)
    export = CleanRoomsMLStartAudienceExportJobOperator(
        task_id="export",
        name="best",
        audience_generation_job_arn=JOB,
        # A dict, because the value is the output of another task.
        audience_size={"type": "PERCENTAGE", "value": size},
        deferrable=True,
    )
    wait.set_downstream(size)
