"""Audience export jobs: started and listed; only their names identify them."""

from .. import quotas, rules
from ..error_responses import validation
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-export-job"


def _start_audience_export_job(state: State, request: Request) -> None:
    job = state.store.find(request, request.params["audienceGenerationJobArn"])
    rules.require_active(state.store, job)
    _check_size(job, request.params["audienceSize"])
    rules.require_quota(request, quotas.AUDIENCE_EXPORT_JOBS, rules.in_progress(state.store, request, KIND))
    exports = state.store.where(request, KIND, "audienceGenerationJobArn", job.arn)
    active = exports.where(lambda export: rules.has_data(state.store, export))
    rules.require_quota(request, quotas.ACTIVE_AUDIENCE_EXPORT_JOBS, active)
    export = state.store.create(request, KIND)
    state.store.share(export, job.accounts)
    destination = job.context["outputConfig"]["destination"]["s3Destination"]["s3Uri"].rstrip("/")
    export.members["outputLocation"] = f"{destination}/{export.arn.rpartition('/')[2]}/"
    state.start_transition(request, export, "CREATE", "ACTIVE")


def _list_audience_export_jobs(state: State, request: Request) -> dict[str, Wire]:
    exports = state.store.records(request, KIND).with_members(request.filters("audienceGenerationJobArn"))
    # Nothing else deletes an export: it disappears with its job.
    existing = exports.where(
        lambda export: state.store.look_up(request, export.members["audienceGenerationJobArn"]) is not None
    )
    return state.page(request, existing, "audienceExportJobs")


def _check_size(job: Record, size: dict[str, Wire]) -> None:
    config = job.context["audienceSizeConfig"]
    if size["type"] != config["audienceSizeType"] or size["value"] not in config["audienceSizeBins"]:
        bins = ", ".join(str(value) for value in config["audienceSizeBins"])
        raise validation(f"The audience size must be one of the configured: {config['audienceSizeType']} {bins}.")


HANDLERS: dict[str, Handler] = {
    "StartAudienceExportJob": _start_audience_export_job,
    "ListAudienceExportJobs": _list_audience_export_jobs,
}
