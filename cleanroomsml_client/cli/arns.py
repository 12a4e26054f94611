"""The kinds of resource that an ARN can name, how to get each, and what to wait for."""

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

__all__ = ["ParsedArn", "ResourceKind", "WaitFor", "Waitable", "parse_arn"]


class WaitFor(StrEnum):
    """The goal of a wait."""

    READY = "ready"
    DELETED = "deleted"
    CANCELLED = "cancelled"


class Waitable(Protocol):
    """A resource whose status changes."""

    @property
    def name(self) -> str:
        """The name that its owner gave it."""
        ...

    @property
    def status(self) -> OpenEnum:
        """Its present status."""
        ...


_Watch = Callable[..., AsyncIterator[Waitable]]


@attrs.frozen
class ResourceKind:
    """A kind of resource, with the functions that get and watch one."""

    name: str
    get: Callable[..., Awaitable[Any]]
    watches: dict[WaitFor, _Watch] = attrs.field(factory=dict[WaitFor, _Watch])
    """Empty: its status never changes."""
    has_versions: bool = False


_KINDS = {
    "training-dataset": ResourceKind("training dataset", get_training_dataset),
    "audience-model": ResourceKind(
        "audience model",
        get_audience_model,
        {WaitFor.READY: watch_audience_model, WaitFor.DELETED: watch_audience_model_deleted},
    ),
    "configured-audience-model": ResourceKind("configured audience model", get_configured_audience_model),
    "audience-generation-job": ResourceKind(
        "audience generation job",
        get_audience_generation_job,
        {WaitFor.READY: watch_audience_generation_job, WaitFor.DELETED: watch_audience_generation_job_deleted},
    ),
    "configured-model-algorithm": ResourceKind("configured model algorithm", get_configured_model_algorithm),
}
# The ARN of one of these contains its membership.
_MEMBERSHIP_KINDS = {
    "configured-model-algorithm-association": ResourceKind(
        "configured model algorithm association", get_configured_model_algorithm_association
    ),
    "ml-input-channel": ResourceKind(
        "ML input channel",
        get_ml_input_channel,
        {WaitFor.READY: watch_ml_input_channel, WaitFor.DELETED: watch_ml_input_channel_data_deleted},
    ),
    "trained-model": ResourceKind(
        "trained model",
        get_trained_model,
        {
            WaitFor.READY: watch_trained_model,
            WaitFor.DELETED: watch_trained_model_output_deleted,
            WaitFor.CANCELLED: watch_trained_model_cancelled,
        },
        has_versions=True,
    ),
    "trained-model-inference-job": ResourceKind(
        "inference job",
        get_trained_model_inference_job,
        {
            WaitFor.READY: watch_trained_model_inference_job,
            WaitFor.CANCELLED: watch_trained_model_inference_job_cancelled,
        },
    ),
}

_ARN = re.compile(
    r"arn:aws[-a-z]*:cleanrooms-ml:(?P<region>[-a-z0-9]+):[0-9]{12}:"
    r"(?:membership/(?P<membership>[-0-9a-f]+)/)?(?P<type>[-a-z]+)/[-a-zA-Z0-9_/.]+"
)


@attrs.frozen(kw_only=True)
class ParsedArn:
    """An ARN and the resource that it names."""

    arn: str
    region: str
    kind: ResourceKind
    identity: tuple[str, ...]
    """The arguments of the kind's functions after the client."""


def parse_arn(arn: str) -> ParsedArn:
    """Parse an ARN; used as the `type` of an argument of argparse."""
    match = _ARN.fullmatch(arn)
    membership = match["membership"] if match else None
    kinds = _KINDS if membership is None else _MEMBERSHIP_KINDS
    kind = kinds.get(match["type"]) if match else None
    if match is None or kind is None:
        raise argparse.ArgumentTypeError(f"not an ARN of a Clean Rooms ML resource: {arn}")
    identity = (arn,) if membership is None else (membership, arn)
    return ParsedArn(arn=arn, region=match["region"], kind=kind, identity=identity)
