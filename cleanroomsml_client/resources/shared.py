"""Shapes that several families use."""

from collections.abc import Mapping

import attrs

from .._codec import TaggedUnion
from .._enums import OpenEnum
from .._maps import FrozenDict, map_field

__all__ = [
    "AudienceSize",
    "AudienceSizeType",
    "ComputeConfiguration",
    "LogsStatus",
    "MetricsStatus",
    "ProtectedQuerySQLParameters",
    "S3ConfigMap",
    "StatusDetails",
    "WorkerComputeConfiguration",
    "WorkerComputeConfigurationProperties",
    "WorkerComputeType",
    "none_if_base",
]


def none_if_base(version_identifier: str | None) -> str | None:
    """Read the base version's identifier as None: AWS may leave it out or say NULL, which it takes in no request."""
    return None if version_identifier == "NULL" else version_identifier


@attrs.frozen(kw_only=True)
class StatusDetails:
    """Why a resource is in its status, mostly a failed one."""

    status_code: str | None = None
    """For programs: AWS keeps the codes of known conditions."""
    message: str | None = None
    """For people: its wording may change."""


@attrs.frozen(kw_only=True)
class S3ConfigMap:
    """A place in Amazon S3."""

    s3_uri: str
    """Such as `s3://bucket/prefix/`."""


class AudienceSizeType(OpenEnum):
    """The unit in which an audience is measured."""

    ABSOLUTE = "ABSOLUTE"
    """Users."""
    PERCENTAGE = "PERCENTAGE"
    """Percent, 1-100."""


@attrs.frozen(kw_only=True)
class AudienceSize:
    """How large an audience is."""

    type: AudienceSizeType
    value: int


@attrs.frozen(kw_only=True)
class ProtectedQuerySQLParameters:
    """A query to run in the collaboration: its text or an analysis template, never shown in a repr."""

    query_string: str | None = attrs.field(default=None, repr=False)
    analysis_template_arn: str | None = attrs.field(default=None, repr=False)
    parameters: Mapping[str, str] = map_field(repr=False)
    """Values for the template's parameters, by name."""


class WorkerComputeType(OpenEnum):
    """The size of a worker."""

    CR_1X = "CR.1X"
    CR_4X = "CR.4X"
    CR_8X = "CR.8X"


@attrs.frozen(kw_only=True)
class WorkerComputeConfigurationProperties(TaggedUnion):
    """Settings of the engine that the workers run."""

    spark: Mapping[str, str] | None = attrs.field(default=None, converter=attrs.converters.optional(FrozenDict))
    """Spark properties, by name."""


@attrs.frozen(kw_only=True)
class WorkerComputeConfiguration:
    """Workers for a query."""

    type: WorkerComputeType | None = None
    number: int | None = None
    """How many workers, 2-1024."""
    properties: WorkerComputeConfigurationProperties | None = None


@attrs.frozen(kw_only=True)
class ComputeConfiguration(TaggedUnion):
    """What a query runs on."""

    worker: WorkerComputeConfiguration | None = None


class MetricsStatus(OpenEnum):
    """Whether a job's metrics were delivered; it may follow the job's own status with a delay."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"


class LogsStatus(OpenEnum):
    """Whether a job's logs were delivered; it may follow the job's own status with a delay."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"
