"""Shapes that several families use."""

import attrs

from .._models import OpenEnum

__all__ = [
    "AudienceSize",
    "AudienceSizeType",
    "LogsStatus",
    "MetricsStatus",
    "S3ConfigMap",
    "StatusDetails",
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


class MetricsStatus(OpenEnum):
    """Whether a job's metrics were delivered; it may follow the job's own status with a delay."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"


class LogsStatus(OpenEnum):
    """Whether a job's logs were delivered; it may follow the job's own status with a delay."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"
