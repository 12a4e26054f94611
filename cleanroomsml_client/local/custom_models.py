"""What training, inference and export share: versions of trained models, containers, published results."""

import hashlib

from . import scopes
from .error_responses import not_found, validation
from .record import Record, Request
from .service_model import Wire
from .state import State
from .store import Records

TRAINED_MODEL = "trained-model"
INFERENCE_JOB = "trained-model-inference-job"
EXPORT_JOB = "trained-model-export-job"


def own_versions(state: State, request: Request, arn: str) -> Records:
    """Return all versions of a model of the membership, the base version first; there is at least one."""
    return _versions(state, request, arn, membershipIdentifier=scopes.membership(state, request).identifier)


def shared_versions(state: State, request: Request, arn: str) -> Records:
    """Return all versions of a model of any member, the base version first; there is at least one."""
    return _versions(state, request, arn, collaborationIdentifier=scopes.collaboration(state, request))


def _versions(state: State, request: Request, arn: str, **scope: str) -> Records:
    versions = state.store.where(request, TRAINED_MODEL, "trainedModelArn", arn).with_members(scope)
    if versions.first() is None:
        raise not_found(arn)
    return versions


def pick(versions: Records, identifier: str | None) -> Record:
    """Return the version with this identifier; None: the base version."""
    for version in versions:
        if version.members.get("versionIdentifier") == identifier:
            return version
    raise not_found(f"{next(iter(versions)).arn}, version {identifier},")


def pick_or_latest(versions: Records, identifier: str | None) -> Record:
    """Return the version with this identifier; None: the latest version."""
    return list(versions)[-1] if identifier is None else pick(versions, identifier)


def image_digest(association: Record, container: str) -> str:
    """Return the digest of the algorithm's image for training or inference; it must have one."""
    config: dict[str, Wire] | None = association.context[container]
    if config is None:
        raise validation(f"The configured model algorithm of {association.arn} has no {container}.")
    return f"sha256:{hashlib.sha256(config['imageUri'].encode()).hexdigest()}"


def policy(association: Record, subject: str) -> dict[str, Wire] | None:
    """Return the privacy policy of the association for training, exports or inference, if it has one."""
    configuration: dict[str, Wire] = association.members.get("privacyConfiguration", {"policies": {}})
    allowed: dict[str, Wire] | None = configuration["policies"].get(subject)
    return allowed


def published(*, metrics: bool, logs: bool) -> dict[str, Wire]:
    """Return the status members for the metrics and logs that a finished job may publish."""
    statuses = {"metricsStatus": metrics, "logsStatus": logs}
    return {name: "PUBLISH_SUCCEEDED" for name, allowed in statuses.items() if allowed}
