"""Classes that several families use."""

import attrs

from .._fields import check_inputs, to_enum
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
    """Convert the identifier of the base version to None: AWS omits it or returns NULL, which no request accepts."""
    return None if version_identifier == "NULL" else version_identifier


@attrs.frozen(kw_only=True)
class StatusDetails:
    """Why a resource has its status; most often for a failed one."""

    status_code: str | None = None
    """For programs: a code that stays the same."""
    message: str | None = None
    """For people: the wording may change."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class S3ConfigMap:
    """A location in Amazon S3."""

    s3_uri: str
    """Such as `s3://bucket/prefix/`."""


class AudienceSizeType(OpenEnum):
    """The unit in which an audience is measured."""

    ABSOLUTE = "ABSOLUTE"
    """A number of users."""
    PERCENTAGE = "PERCENTAGE"
    """A percentage of the users in the training data, 1-100."""


def audience_size_type(value: AudienceSizeType | str) -> AudienceSizeType:
    """Convert text to the unit of an audience."""
    return to_enum(AudienceSizeType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class AudienceSize:
    """The size of an audience."""

    type: AudienceSizeType = attrs.field(converter=audience_size_type)
    value: int
    """1 or more: users or percent, as the type says."""


class MetricsStatus(OpenEnum):
    """Whether metrics were delivered; may change after the status of the model or job."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"


class LogsStatus(OpenEnum):
    """Whether logs were delivered; may change after the status of the model or job."""

    PUBLISH_SUCCEEDED = "PUBLISH_SUCCEEDED"
    PUBLISH_FAILED = "PUBLISH_FAILED"
