"""Audience export jobs: started and listed, known by nothing but their names."""

from ..error_responses import validation
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-export-job"
UNDER_WAY = 20
"""How many an account may have pending and in progress."""


def _start_audience_export_job(state: State, call: Call) -> None:
    job = state.find(call, call.params["audienceGenerationJobArn"])
    state.require_active(job)
    _check_size(job, call.params["audienceSize"])
    state.require_quota(call, KIND, UNDER_WAY)
    export = state.create(call, KIND)
    export.accounts |= job.accounts
    destination = job.context["outputConfig"]["destination"]["s3Destination"]["s3Uri"].rstrip("/")
    export.members["outputLocation"] = f"{destination}/{export.arn.rpartition('/')[2]}/"
    state.begin(call, export, "CREATE", "ACTIVE")


def _list_audience_export_jobs(state: State, call: Call) -> dict[str, Wire]:
    wanted = call.params.get("audienceGenerationJobArn")
    exports = [
        export
        for export in state.records(call, KIND)
        if wanted is None or export.members["audienceGenerationJobArn"] == wanted
    ]
    return state.page(call, exports, "audienceExportJobs")


def _check_size(job: Record, size: dict[str, Wire]) -> None:
    config = job.context["audienceSizeConfig"]
    if size["type"] != config["audienceSizeType"] or size["value"] not in config["audienceSizeBins"]:
        bins = ", ".join(str(value) for value in config["audienceSizeBins"])
        raise validation(f"The audience size must be one of the configured: {config['audienceSizeType']} {bins}.")


HANDLERS: dict[str, Handler] = {
    "StartAudienceExportJob": _start_audience_export_job,
    "ListAudienceExportJobs": _list_audience_export_jobs,
}
