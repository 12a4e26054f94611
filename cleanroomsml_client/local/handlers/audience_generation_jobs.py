"""Audience generation jobs, and the quality metrics of their audiences."""

import hashlib
import math
from uuid import uuid4

from .. import quotas, rules
from ..error_responses import conflict, validation
from ..lifecycle import DELETED
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-generation-job"


def _start_audience_generation_job(state: State, request: Request) -> dict[str, Wire]:
    seed = request.params["seedAudience"]
    if ("dataSource" in seed) == ("sqlParameters" in seed):
        raise validation("The seed audience needs one of dataSource and sqlParameters.")
    rules.require_own_role(request, seed["roleArn"])
    configured = state.store.find(request, request.params["configuredAudienceModelArn"])
    rules.require_quota(request, quotas.GENERATION_JOBS, rules.in_progress(state.store, request, KIND))
    is_own = request.account == configured.owner
    inherits = is_own and configured.members["childResourceTagOnCreatePolicy"] == "FROM_PARENT_RESOURCE"
    defaults = {"includeSeedInOutput": False, "startedBy": request.account}
    if "sqlParameters" in seed:
        defaults["protectedQueryIdentifier"] = str(uuid4())
    job = state.store.create(
        request,
        KIND,
        arn_member="audienceGenerationJobArn",
        defaults=defaults,
        tags=configured.tags if inherits else {},
        # A copy: later updates of the configured model do not change this job.
        context={**configured.members, "configuredBy": configured.owner},
    )
    state.store.share(job, {configured.owner})
    state.start_transition(request, job, "CREATE", "ACTIVE")
    return {"audienceGenerationJobArn": job.arn}


def _get_audience_generation_job(state: State, request: Request) -> dict[str, Wire]:
    job = state.store.find(request, request.params["audienceGenerationJobArn"])
    view = state.view(job)
    if request.account != job.owner:
        del view["seedAudience"]
    shared = job.context["sharedAudienceMetrics"] == ["ALL"] or request.account == job.context["configuredBy"]
    if view["status"] == "ACTIVE" and shared:
        view["metrics"] = _metrics(job)
    return view


def _list_audience_generation_jobs(state: State, request: Request) -> dict[str, Wire]:
    jobs = state.store.records(request, KIND).with_members(
        request.filters("configuredAudienceModelArn", "collaborationId")
    )
    return state.page(request, jobs, "audienceGenerationJobs")


def _delete_audience_generation_job(state: State, request: Request) -> None:
    job = state.store.find(request, request.params["audienceGenerationJobArn"])
    rules.require_settled(state.store, job)
    exports = state.store.where(request, "audience-export-job", "audienceGenerationJobArn", job.arn)
    if any(state.store.in_transition(export) for export in exports):
        raise conflict(f"Resource {job.arn} is still being exported.")
    state.start_transition(request, job, "DELETE", DELETED)


def _metrics(job: Record) -> dict[str, Wire]:
    """Return plausible figures, always the same for one job: relevance falls as the audience grows."""
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
                # The relevance of the whole population is 1: not similar at all.
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
