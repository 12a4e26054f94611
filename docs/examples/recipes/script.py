"""A synchronous script, such as a Python shell job of AWS Glue: wait for a job and report its quality."""

import sys

from cleanroomsml_client import (
    WaitError,
    blocking,
    connect,
    list_audience_generation_jobs,
    wait_for_audience_generation_job,
)


def main() -> int:
    """Wait for the newest job; return the exit code."""
    with blocking(connect()) as call:
        newest = max(call(list_audience_generation_jobs), key=lambda job: job.create_time)
        try:
            job = call(wait_for_audience_generation_job, newest.audience_generation_job_arn, timeout=6 * 3600)
        except WaitError as error:
            print(error)
            return 1
        print(job.name, job.status, job.metrics.recall_metric if job.metrics else "no metrics")
        return 0


if __name__ == "__main__":
    sys.exit(main())
