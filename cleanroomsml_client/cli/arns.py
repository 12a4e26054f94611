"""What an ARN names, how that is read, and what it can be waited for."""

import argparse
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from typing import Any, Protocol

import attrs

from .._models import OpenEnum
from ..resources.audience_generation_jobs import (
    get_audience_generation_job,
    watch_audience_generation_job,
    watch_audience_generation_job_deleted,
)
from ..resources.audience_models import get_audience_model, watch_audience_model, watch_audience_model_deleted
from ..resources.configured_audience_models import get_configured_audience_model
from ..resources.configured_model_algorithm_associations import get_configured_model_algorithm_association
from ..resources.configured_model_algorithms import get_configured_model_algorithm
from ..resources.ml_input_channels import (
    get_ml_input_channel,
    watch_ml_input_channel,
    watch_ml_input_channel_data_deleted,
)
from ..resources.trained_model_inference_jobs import (
    get_trained_model_inference_job,
    watch_trained_model_inference_job,
    watch_trained_model_inference_job_cancelled,
)
from ..resources.trained_models import (
    get_trained_model,
    watch_trained_model,
    watch_trained_model_cancelled,
    watch_trained_model_output_deleted,
)
from ..resources.training_datasets import get_training_dataset

__all__ = ["End", "Kind", "Target", "Watched", "target"]


class End(StrEnum):
    """What is waited for."""

    READY = "ready"
    DELETED = "deleted"
    CANCELLED = "cancelled"


class Watched(Protocol):
    """A resource with states to go through."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def status(self) -> OpenEnum:
        """Where it is."""
        ...


_Watch = Callable[..., AsyncIterator[Watched]]


@attrs.frozen
class Kind:
    """A kind of resource."""

    name: str
    get: Callable[..., Awaitable[Any]]
    watches: dict[End, _Watch] = attrs.field(factory=dict[End, _Watch])
    """Empty: it has no states to go through."""
    has_versions: bool = False


_KINDS = {
    "training-dataset": Kind("training dataset", get_training_dataset),
    "audience-model": Kind(
        "audience model",
        get_audience_model,
        {End.READY: watch_audience_model, End.DELETED: watch_audience_model_deleted},
    ),
    "configured-audience-model": Kind("configured audience model", get_configured_audience_model),
    "audience-generation-job": Kind(
        "audience generation job",
        get_audience_generation_job,
        {End.READY: watch_audience_generation_job, End.DELETED: watch_audience_generation_job_deleted},
    ),
    "configured-model-algorithm": Kind("configured model algorithm", get_configured_model_algorithm),
}
# Their ARNs name the membership that they belong to.
_MEMBERSHIP_KINDS = {
    "configured-model-algorithm-association": Kind(
        "configured model algorithm association", get_configured_model_algorithm_association
    ),
    "ml-input-channel": Kind(
        "ML input channel",
        get_ml_input_channel,
        {End.READY: watch_ml_input_channel, End.DELETED: watch_ml_input_channel_data_deleted},
    ),
    "trained-model": Kind(
        "trained model",
        get_trained_model,
        {
            End.READY: watch_trained_model,
            End.DELETED: watch_trained_model_output_deleted,
            End.CANCELLED: watch_trained_model_cancelled,
        },
        has_versions=True,
    ),
    "trained-model-inference-job": Kind(
        "inference job",
        get_trained_model_inference_job,
        {End.READY: watch_trained_model_inference_job, End.CANCELLED: watch_trained_model_inference_job_cancelled},
    ),
}

_ARN = re.compile(
    r"arn:aws[-a-z]*:cleanrooms-ml:(?P<region>[-a-z0-9]+):[0-9]{12}:"
    r"(?:membership/(?P<membership>[-0-9a-f]+)/)?(?P<type>[-a-z]+)/[-a-zA-Z0-9_/.]+"
)


@attrs.frozen(kw_only=True)
class Target:
    """What an ARN names."""

    arn: str
    region: str
    kind: Kind
    identity: tuple[str, ...]
    """What its functions take after the client."""


def target(arn: str) -> Target:
    """What the ARN names; the type of an argument for argparse."""
    match = _ARN.fullmatch(arn)
    membership = match["membership"] if match else None
    kinds = _KINDS if membership is None else _MEMBERSHIP_KINDS
    kind = kinds.get(match["type"]) if match else None
    if match is None or kind is None:
        raise argparse.ArgumentTypeError(f"not the ARN of anything in Clean Rooms ML: {arn}")
    identity = (arn,) if membership is None else (membership, arn)
    return Target(arn=arn, region=match["region"], kind=kind, identity=identity)
