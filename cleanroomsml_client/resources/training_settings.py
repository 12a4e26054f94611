"""How a model is trained: on which machines and data, from which earlier model, for how long."""

import attrs

from .._fields import check_inputs, to_enum
from .._models import OpenEnum
from .instance_types import InstanceType
from .shared import none_if_base

__all__ = [
    "IncrementalTrainingDataChannel",
    "IncrementalTrainingDataChannelOutput",
    "ModelTrainingDataChannel",
    "ResourceConfig",
    "S3DataDistributionType",
    "StoppingCondition",
    "TrainingInputMode",
]


class TrainingInputMode(OpenEnum):
    """How the training container receives its data."""

    FILE = "File"
    """Copied to the instance before training starts."""
    FAST_FILE = "FastFile"
    """Available as files, read from Amazon S3 on demand."""
    PIPE = "Pipe"
    """Streamed through a named pipe."""


class S3DataDistributionType(OpenEnum):
    """Which part of a channel each training instance receives."""

    FULLY_REPLICATED = "FullyReplicated"
    """The whole channel."""
    SHARDED_BY_S3_KEY = "ShardedByS3Key"
    """A part of its objects."""


def _distribution_type(value: S3DataDistributionType | str | None) -> S3DataDistributionType | None:
    return to_enum(S3DataDistributionType, value)


def _instance_type(value: InstanceType | str) -> InstanceType:
    return to_enum(InstanceType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ResourceConfig:
    """The machines that a model is trained on."""

    instance_type: InstanceType = attrs.field(converter=_instance_type)
    volume_size_in_gb: int
    """Storage per instance in GB, 1-8192; some instance types allow less."""
    instance_count: int | None = None
    """1-5 instances. None: AWS's default."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class StoppingCondition:
    """When training is stopped."""

    max_runtime_in_seconds: int | None = None
    """Seconds, 1-2,419,200 (28 days)."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ModelTrainingDataChannel:
    """An ML input channel, and its name in the training container."""

    ml_input_channel_arn: str
    channel_name: str
    s3_data_distribution_type: S3DataDistributionType | None = attrs.field(default=None, converter=_distribution_type)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class IncrementalTrainingDataChannel:
    """The trained model that incremental training continues from, and its name in the training container."""

    trained_model_arn: str
    channel_name: str
    """The name in the training container; different from those of the data channels."""
    version_identifier: str | None = None
    """None: the latest version."""


@attrs.frozen(kw_only=True)
class IncrementalTrainingDataChannelOutput:
    """The trained model that incremental training continued from; AWS returns its name, not its ARN."""

    model_name: str
    channel_name: str
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""
