"""What training, inference and export have in common: versions of trained models, containers, published results."""

import hashlib

from . import scopes
from .error_responses import not_found, validation
from .record import Call, Record
from .service_model import Wire
from .state import State

TRAINED_MODEL = "trained-model"
INFERENCE_JOB = "trained-model-inference-job"
EXPORT_JOB = "trained-model-export-job"


def own_versions(state: State, call: Call, arn: str) -> list[Record]:
    """All versions of one of the membership's own models, the base version first."""
    return _of(scopes.own(state, call, TRAINED_MODEL), arn)


def shared_versions(state: State, call: Call, arn: str) -> list[Record]:
    """All versions of any member's model, the base version first."""
    return _of(scopes.shared(state, call, TRAINED_MODEL), arn)


def _of(models: list[Record], arn: str) -> list[Record]:
    versions = [model for model in models if model.members["trainedModelArn"] == arn]
    if not versions:
        raise not_found(arn)
    return versions


def pick(versions: list[Record], identifier: str | None) -> Record:
    """The version with this identifier; the base version is the one without."""
    for version in versions:
        if version.members.get("versionIdentifier") == identifier:
            return version
    raise not_found(f"{versions[0].arn} version {identifier}")


def pick_or_latest(versions: list[Record], identifier: str | None) -> Record:
    """The version with this identifier, and without one the latest."""
    return versions[-1] if identifier is None else pick(versions, identifier)


def image_digest(association: Record, container: str) -> str:
    """The digest of the algorithm's image for training or inference, which it must have."""
    config: dict[str, Wire] | None = association.context[container]
    if config is None:
        raise validation(f"The configured model algorithm of {association.arn} has no {container}.")
    return f"sha256:{hashlib.sha256(config['imageUri'].encode()).hexdigest()}"


def policy(association: Record, subject: str) -> dict[str, Wire] | None:
    """What the association's privacy configuration says of trainedModels, their exports or inference jobs."""
    configuration: dict[str, Wire] = association.members.get("privacyConfiguration", {"policies": {}})
    allowed: dict[str, Wire] | None = configuration["policies"].get(subject)
    return allowed


def published(*, metrics: bool, logs: bool) -> dict[str, Wire]:
    """What a finished job says of its metrics and logs, as far as these may be published."""
    statuses = {"metricsStatus": metrics, "logsStatus": logs}
    return {name: "PUBLISH_SUCCEEDED" for name, allowed in statuses.items() if allowed}
