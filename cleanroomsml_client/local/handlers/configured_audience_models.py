"""Configured audience models, and the policies that share them."""

import hashlib

from .. import policies, rules
from ..error_responses import not_found, validation
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-audience-model"
MIN_MATCHING_SEED_SIZE = 500
AUDIENCE_SIZE_CONFIG: dict[str, Wire] = {"audienceSizeType": "PERCENTAGE", "audienceSizeBins": [1, 5, 10, 20, 50]}
"""Our own default: AWS does not document its own."""
_LARGEST_PERCENTAGE = 100


def _create_configured_audience_model(state: State, request: Request) -> dict[str, Wire]:
    _check(state, request)
    defaults = {
        "minMatchingSeedSize": MIN_MATCHING_SEED_SIZE,
        "audienceSizeConfig": AUDIENCE_SIZE_CONFIG,
        "childResourceTagOnCreatePolicy": "NONE",
    }
    model = state.store.create(request, KIND, arn_member="configuredAudienceModelArn", defaults=defaults)
    return {"configuredAudienceModelArn": model.arn}


def _get_configured_audience_model(state: State, request: Request) -> dict[str, Wire]:
    return state.view(_find(state, request))


def _list_configured_audience_models(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, state.store.records(request, KIND), "configuredAudienceModels")


def _update_configured_audience_model(state: State, request: Request) -> dict[str, Wire]:
    model = _find(state, request)
    _check(state, request)
    model.members.update(request.params)
    model.updated = state.store.now()
    return {"configuredAudienceModelArn": model.arn}


def _delete_configured_audience_model(state: State, request: Request) -> None:
    model = _find(state, request)
    rules.require_unused(state.store, request, model, "audience-generation-job", "configuredAudienceModelArn")
    state.store.remove(model)


def _put_configured_audience_model_policy(state: State, request: Request) -> dict[str, Wire]:
    model = _find(state, request)
    policies.require_statement(request.params["configuredAudienceModelPolicy"])
    condition = request.params.get("policyExistenceCondition")
    if condition is not None and (condition == "POLICY_MUST_EXIST") != (model.policy is not None):
        raise validation(f"The policy existence condition {condition} is not met.")
    previous = request.params.get("previousPolicyHash")
    if previous is not None and (model.policy is None or previous != _hash(model.policy)):
        raise validation("The previousPolicyHash is not the hash of the current policy.")
    model.policy = request.params["configuredAudienceModelPolicy"]
    return _policy_view(model)


def _get_configured_audience_model_policy(state: State, request: Request) -> dict[str, Wire]:
    return _policy_view(_find(state, request))


def _delete_configured_audience_model_policy(state: State, request: Request) -> None:
    model = _find(state, request)
    _policy_view(model)
    model.policy = None


def _find(state: State, request: Request) -> Record:
    return state.store.find(request, request.params["configuredAudienceModelArn"])


def _check(state: State, request: Request) -> None:
    if "outputConfig" in request.params:
        rules.require_own_role(request, request.params["outputConfig"]["roleArn"])
    if "audienceModelArn" in request.params:
        rules.require_active(state.store, state.store.find(request, request.params["audienceModelArn"]))
    config = request.params.get("audienceSizeConfig", AUDIENCE_SIZE_CONFIG)
    if config["audienceSizeType"] == "PERCENTAGE" and max(config["audienceSizeBins"]) > _LARGEST_PERCENTAGE:
        raise validation(f"Audience sizes of type PERCENTAGE go from 1 to {_LARGEST_PERCENTAGE}.")


def _policy_view(model: Record) -> dict[str, Wire]:
    if model.policy is None:
        raise not_found(f"{model.arn}/policy")
    return {
        "configuredAudienceModelArn": model.arn,
        "configuredAudienceModelPolicy": model.policy,
        "policyHash": _hash(model.policy),
    }


def _hash(policy: str) -> str:
    return hashlib.sha256(policy.encode()).hexdigest()


HANDLERS: dict[str, Handler] = {
    "CreateConfiguredAudienceModel": _create_configured_audience_model,
    "GetConfiguredAudienceModel": _get_configured_audience_model,
    "ListConfiguredAudienceModels": _list_configured_audience_models,
    "UpdateConfiguredAudienceModel": _update_configured_audience_model,
    "DeleteConfiguredAudienceModel": _delete_configured_audience_model,
    "PutConfiguredAudienceModelPolicy": _put_configured_audience_model_policy,
    "GetConfiguredAudienceModelPolicy": _get_configured_audience_model_policy,
    "DeleteConfiguredAudienceModelPolicy": _delete_configured_audience_model_policy,
}
