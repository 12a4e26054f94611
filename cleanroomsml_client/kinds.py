"""The kinds of resources, and the functions for each. Programs that handle any kind build on it.

>>> resource = parse_arn("arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/a")
>>> assert resource.kind.get is not None  # some kinds can only be listed
>>> model = await resource.kind.get(client, *resource.identity)
"""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol, cast

import attrs

from ._models import OpenEnum, kind_of
from ._paging import Pages
from .resources.audience_export_jobs import list_audience_export_jobs, watch_audience_export_job
from .resources.audience_generation_jobs import (
    delete_audience_generation_job,
    get_audience_generation_job,
    list_audience_generation_jobs,
    watch_audience_generation_job,
    watch_audience_generation_job_deleted,
)
from .resources.audience_models import (
    delete_audience_model,
    get_audience_model,
    list_audience_models,
    watch_audience_model,
    watch_audience_model_deleted,
)
from .resources.collaboration_configured_model_algorithm_associations import (
    get_collaboration_configured_model_algorithm_association,
    list_collaboration_configured_model_algorithm_associations,
)
from .resources.collaboration_ml_input_channels import (
    get_collaboration_ml_input_channel,
    list_collaboration_ml_input_channels,
    watch_collaboration_ml_input_channel,
)
from .resources.collaboration_trained_model_inference_jobs import list_collaboration_trained_model_inference_jobs
from .resources.collaboration_trained_models import (
    get_collaboration_trained_model,
    list_collaboration_trained_models,
    watch_collaboration_trained_model,
)
from .resources.configured_audience_models import (
    delete_configured_audience_model,
    get_configured_audience_model,
    list_configured_audience_models,
)
from .resources.configured_model_algorithm_associations import (
    delete_configured_model_algorithm_association,
    get_configured_model_algorithm_association,
    list_configured_model_algorithm_associations,
)
from .resources.configured_model_algorithms import (
    delete_configured_model_algorithm,
    get_configured_model_algorithm,
    list_configured_model_algorithms,
)
from .resources.ml_input_channels import (
    delete_ml_input_channel_data,
    get_ml_input_channel,
    list_ml_input_channels,
    watch_ml_input_channel,
    watch_ml_input_channel_data_deleted,
)
from .resources.trained_model_export_jobs import (
    list_collaboration_trained_model_export_jobs,
    watch_trained_model_export_job,
)
from .resources.trained_model_inference_jobs import (
    cancel_trained_model_inference_job,
    get_trained_model_inference_job,
    list_trained_model_inference_jobs,
    watch_trained_model_inference_job,
    watch_trained_model_inference_job_cancelled,
)
from .resources.trained_models import (
    cancel_trained_model,
    delete_trained_model_output,
    get_trained_model,
    list_trained_model_versions,
    list_trained_models,
    watch_trained_model,
    watch_trained_model_cancelled,
    watch_trained_model_output_deleted,
)
from .resources.training_datasets import delete_training_dataset, get_training_dataset, list_training_datasets

__all__ = ["KINDS", "Kind", "ParsedArn", "WaitFor", "Waitable", "parse_arn"]


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


@attrs.frozen(kw_only=True, eq=False)
class Kind:
    """A kind of resource, with the functions for it. Each takes a client first, and then the resource's identity."""

    name: str
    """In words, such as `audience model`."""
    family: str
    """The list that has it: `audience-models` is of `list_audience_models`."""
    list: Callable[..., Pages[Any]]
    """Lists it; further arguments, and which are required, as its signature says."""
    get: Callable[..., Awaitable[Any]] | None = None
    """Gets one. None: the API has no such operation, only the list."""
    watches: Mapping[WaitFor, Callable[..., AsyncIterator[Waitable]]] = attrs.field(
        factory=dict[WaitFor, Callable[..., AsyncIterator[Waitable]]]
    )
    """Watches one until a goal. Empty: its status never changes."""
    delete: Callable[..., Awaitable[None]] | None = None
    """Starts deleting one, or its data. None: the API has no such operation."""
    cancel: Callable[..., Awaitable[None]] | None = None
    """Starts cancelling one that is being made. None: the API has no such operation."""
    arn_type: str | None = None
    """What its ARN says, such as `audience-model`. None: `parse_arn` never returns it, because it has no ARN, or only
    the ARN of the kind that its owner sees."""
    has_versions: bool = False
    """Whether `get`, `watches`, `delete` and `cancel` take a `version_identifier`."""

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments that `list` needs besides the client, such as `membership_identifier`."""
        parameters = inspect.signature(self.list).parameters.values()
        return tuple(each.name for each in parameters if each.default is each.empty and each.name != "client")


_TRAINED_MODEL_WATCHES: Mapping[WaitFor, Callable[..., AsyncIterator[Waitable]]] = {
    WaitFor.READY: watch_trained_model,
    WaitFor.DELETED: watch_trained_model_output_deleted,
    WaitFor.CANCELLED: watch_trained_model_cancelled,
}

KINDS: tuple[Kind, ...] = (
    Kind(
        name="training dataset",
        family="training-datasets",
        arn_type="training-dataset",
        list=list_training_datasets,
        get=get_training_dataset,
        delete=delete_training_dataset,
    ),
    Kind(
        name="audience model",
        family="audience-models",
        arn_type="audience-model",
        list=list_audience_models,
        get=get_audience_model,
        watches={WaitFor.READY: watch_audience_model, WaitFor.DELETED: watch_audience_model_deleted},
        delete=delete_audience_model,
    ),
    Kind(
        name="configured audience model",
        family="configured-audience-models",
        arn_type="configured-audience-model",
        list=list_configured_audience_models,
        get=get_configured_audience_model,
        delete=delete_configured_audience_model,
    ),
    Kind(
        name="audience generation job",
        family="audience-generation-jobs",
        arn_type="audience-generation-job",
        list=list_audience_generation_jobs,
        get=get_audience_generation_job,
        watches={WaitFor.READY: watch_audience_generation_job, WaitFor.DELETED: watch_audience_generation_job_deleted},
        delete=delete_audience_generation_job,
    ),
    Kind(
        name="audience export job",
        family="audience-export-jobs",
        list=list_audience_export_jobs,
        watches={WaitFor.READY: watch_audience_export_job},
    ),
    Kind(
        name="configured model algorithm",
        family="configured-model-algorithms",
        arn_type="configured-model-algorithm",
        list=list_configured_model_algorithms,
        get=get_configured_model_algorithm,
        delete=delete_configured_model_algorithm,
    ),
    Kind(
        name="configured model algorithm association",
        family="configured-model-algorithm-associations",
        arn_type="configured-model-algorithm-association",
        list=list_configured_model_algorithm_associations,
        get=get_configured_model_algorithm_association,
        delete=delete_configured_model_algorithm_association,
    ),
    Kind(
        name="ML input channel",
        family="ml-input-channels",
        arn_type="ml-input-channel",
        list=list_ml_input_channels,
        get=get_ml_input_channel,
        watches={WaitFor.READY: watch_ml_input_channel, WaitFor.DELETED: watch_ml_input_channel_data_deleted},
        delete=delete_ml_input_channel_data,
    ),
    Kind(
        name="trained model",
        family="trained-models",
        arn_type="trained-model",
        list=list_trained_models,
        get=get_trained_model,
        watches=_TRAINED_MODEL_WATCHES,
        delete=delete_trained_model_output,
        cancel=cancel_trained_model,
        has_versions=True,
    ),
    Kind(
        name="version of a trained model",
        family="trained-model-versions",
        list=list_trained_model_versions,
        get=get_trained_model,
        watches=_TRAINED_MODEL_WATCHES,
        delete=delete_trained_model_output,
        cancel=cancel_trained_model,
        has_versions=True,
    ),
    Kind(
        name="inference job",
        family="trained-model-inference-jobs",
        arn_type="trained-model-inference-job",
        list=list_trained_model_inference_jobs,
        get=get_trained_model_inference_job,
        watches={
            WaitFor.READY: watch_trained_model_inference_job,
            WaitFor.CANCELLED: watch_trained_model_inference_job_cancelled,
        },
        cancel=cancel_trained_model_inference_job,
    ),
    Kind(
        name="configured model algorithm association of a collaboration",
        family="collaboration-configured-model-algorithm-associations",
        list=list_collaboration_configured_model_algorithm_associations,
        get=get_collaboration_configured_model_algorithm_association,
    ),
    Kind(
        name="ML input channel of a collaboration",
        family="collaboration-ml-input-channels",
        list=list_collaboration_ml_input_channels,
        get=get_collaboration_ml_input_channel,
        watches={WaitFor.READY: watch_collaboration_ml_input_channel},
    ),
    Kind(
        name="trained model of a collaboration",
        family="collaboration-trained-models",
        list=list_collaboration_trained_models,
        get=get_collaboration_trained_model,
        watches={WaitFor.READY: watch_collaboration_trained_model},
        has_versions=True,
    ),
    Kind(
        name="inference job of a collaboration",
        family="collaboration-trained-model-inference-jobs",
        list=list_collaboration_trained_model_inference_jobs,
    ),
    Kind(
        name="trained model export job",
        family="collaboration-trained-model-export-jobs",
        list=list_collaboration_trained_model_export_jobs,
        watches={WaitFor.READY: watch_trained_model_export_job},
    ),
)
"""All kinds, one for each list of the API."""

_BY_ARN_TYPE = {kind.arn_type: kind for kind in KINDS if kind.arn_type is not None}
# The ARN of one of these contains its membership.
_OF_MEMBERSHIPS = {
    "configured-model-algorithm-association",
    "ml-input-channel",
    "trained-model",
    "trained-model-inference-job",
}
_ARN = re.compile(
    r"arn:aws[-a-z]*:cleanrooms-ml:(?P<region>[-a-z0-9]+):[0-9]{12}:"
    r"(?:membership/(?P<membership>[-0-9a-f]+)/)?(?P<type>[-a-z]+)/[-a-zA-Z0-9_/.]+"
)


@attrs.frozen(kw_only=True)
class ParsedArn:
    """An ARN, and how to reach the resource that it names."""

    arn: str
    region: str
    """The AWS region, such as `us-east-1`."""
    kind: Kind
    identity: tuple[str, ...]
    """The arguments of the kind's functions after the client: the membership, if the ARN has one, and the ARN."""


def parse_arn(arn: str) -> ParsedArn:
    """Return what an ARN says: the kind and the region of the resource, and its identity.

    Args:
        arn: The ARN of a resource of Clean Rooms ML.

    Returns:
        The parts. Whether there is such a resource, only the service knows.

    Raises:
        ValueError: It is not an ARN of Clean Rooms ML.
        TypeError: It is not a text.
    """
    if not isinstance(cast("object", arn), str):
        raise TypeError(f"parse_arn needs an ARN as a str, not {kind_of(arn)}")
    match = _ARN.fullmatch(arn)
    kind = None if match is None else _BY_ARN_TYPE.get(match["type"])
    if match is None or kind is None or (kind.arn_type in _OF_MEMBERSHIPS) is not (match["membership"] is not None):
        raise ValueError(f"not an ARN of a Clean Rooms ML resource: {arn}")
    identity = (arn,) if match["membership"] is None else (match["membership"], arn)
    return ParsedArn(arn=arn, region=match["region"], kind=kind, identity=identity)
