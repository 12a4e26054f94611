"""Audience generation jobs: whom a seed audience resembles, and how good the likeness is."""

import hashlib
import math
from uuid import uuid4

from ..error_responses import conflict, validation
from ..lifecycle import GONE
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-generation-job"
UNDER_WAY = 10
"""How many an account may have pending and in progress."""


def _start_audience_generation_job(state: State, call: Call) -> dict[str, Wire]:
    seed = call.params["seedAudience"]
    if ("dataSource" in seed) == ("sqlParameters" in seed):
        raise validation("The seed audience needs one of dataSource and sqlParameters.")
    configured = state.find(call, call.params["configuredAudienceModelArn"])
    state.require_quota(call, KIND, UNDER_WAY)
    is_own = call.account == configured.owner
    inherits = is_own and configured.members["childResourceTagOnCreatePolicy"] == "FROM_PARENT_RESOURCE"
    defaults = {"includeSeedInOutput": False, "startedBy": call.account}
    if "sqlParameters" in seed:
        defaults["protectedQueryIdentifier"] = str(uuid4())
    job = state.create(
        call,
        KIND,
        arn_member="audienceGenerationJobArn",
        defaults=defaults,
        tags=configured.tags if inherits else {},
        # Later updates of the configured model do not change this job.
        context={**configured.members, "configuredBy": configured.owner},
    )
    job.accounts.add(configured.owner)
    state.begin(call, job, "CREATE", "ACTIVE")
    return {"audienceGenerationJobArn": job.arn}


def _get_audience_generation_job(state: State, call: Call) -> dict[str, Wire]:
    job = state.find(call, call.params["audienceGenerationJobArn"])
    view = state.view(job)
    if call.account != job.owner:
        del view["seedAudience"]
    shared = job.context["sharedAudienceMetrics"] == ["ALL"] or call.account == job.context["configuredBy"]
    if view["status"] == "ACTIVE" and shared:
        view["metrics"] = _metrics(job)
    return view


def _list_audience_generation_jobs(state: State, call: Call) -> dict[str, Wire]:
    filters = [name for name in ("configuredAudienceModelArn", "collaborationId") if name in call.params]
    jobs = [
        job for job in state.records(call, KIND) if all(job.members.get(name) == call.params[name] for name in filters)
    ]
    return state.page(call, jobs, "audienceGenerationJobs")


def _delete_audience_generation_job(state: State, call: Call) -> None:
    job = state.find(call, call.params["audienceGenerationJobArn"])
    state.require_settled(job)
    exports = state.dependants(call, job, "audience-export-job", "audienceGenerationJobArn")
    if any(state.is_moving(export) for export in exports):
        raise conflict(f"Resource {job.arn} is still being exported.")
    state.begin(call, job, "DELETE", GONE)


def _metrics(job: Record) -> dict[str, Wire]:
    """Plausible figures that are always the same for one job: relevance falls as the audience grows."""
    digest = hashlib.sha256(job.arn.encode()).digest()
    recall = 0.6 + 0.3 * digest[0] / 255
    closest = 3.0 + 5.0 * digest[1] / 255
    config = job.context["audienceSizeConfig"]
    sizes = sorted(set(config["audienceSizeBins"]))
    whole = 100 if config["audienceSizeType"] == "PERCENTAGE" else 2 * sizes[-1]
    return {
        "recallMetric": recall,
        "relevanceMetrics": [
            {
                "audienceSize": {"type": config["audienceSizeType"], "value": size},
                # The relevance of everyone is 1: no likeness at all.
                "score": 1 + (closest - 1) * math.exp(-4 * size / whole),
            }
            for size in sizes
        ],
    }


HANDLERS: dict[str, Handler] = {
    "StartAudienceGenerationJob": _start_audience_generation_job,
    "GetAudienceGenerationJob": _get_audience_generation_job,
    "ListAudienceGenerationJobs": _list_audience_generation_jobs,
    "DeleteAudienceGenerationJob": _delete_audience_generation_job,
}
