"""Audience export jobs: started and listed; only their names identify them."""

from .. import rules
from ..error_responses import validation
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-export-job"
MAX_IN_PROGRESS = 20
"""How many an account may have pending and in progress."""


def _start_audience_export_job(state: State, request: Request) -> None:
    job = state.store.find(request, request.params["audienceGenerationJobArn"])
    rules.require_active(state.store, job)
    _check_size(job, request.params["audienceSize"])
    rules.require_quota(state.store, request, KIND, MAX_IN_PROGRESS)
    export = state.store.create(request, KIND)
    state.store.share(export, job.accounts)
    destination = job.context["outputConfig"]["destination"]["s3Destination"]["s3Uri"].rstrip("/")
    export.members["outputLocation"] = f"{destination}/{export.arn.rpartition('/')[2]}/"
    state.start_transition(request, export, "CREATE", "ACTIVE")


def _list_audience_export_jobs(state: State, request: Request) -> dict[str, Wire]:
    exports = state.store.records(request, KIND).with_members(request.filters("audienceGenerationJobArn"))
    return state.page(request, exports, "audienceExportJobs")


def _check_size(job: Record, size: dict[str, Wire]) -> None:
    config = job.context["audienceSizeConfig"]
    if size["type"] != config["audienceSizeType"] or size["value"] not in config["audienceSizeBins"]:
        bins = ", ".join(str(value) for value in config["audienceSizeBins"])
        raise validation(f"The audience size must be one of the configured: {config['audienceSizeType']} {bins}.")


HANDLERS: dict[str, Handler] = {
    "StartAudienceExportJob": _start_audience_export_job,
    "ListAudienceExportJobs": _list_audience_export_jobs,
}
