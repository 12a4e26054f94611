"""Queries that select the data of a job: their SQL, and the machines that they run on."""

from collections.abc import Mapping

import attrs

from .._fields import check_inputs, map_field, to_enum, to_frozen_dict
from .._models import OpenEnum, TaggedUnion

__all__ = [
    "ComputeConfiguration",
    "ProtectedQuerySQLParameters",
    "WorkerComputeConfiguration",
    "WorkerComputeConfigurationProperties",
    "WorkerComputeType",
]


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ProtectedQuerySQLParameters:
    """A query to run in the collaboration: its text or an analysis template, neither of which a repr shows."""

    query_string: str | None = attrs.field(default=None, repr=False)
    """SQL, up to 500,000 characters. None: the template contains it."""
    analysis_template_arn: str | None = attrs.field(default=None, repr=False)
    """The ARN of an analysis template of AWS Clean Rooms. None: `query_string` is used."""
    parameters: Mapping[str, str] = map_field(repr=False)
    """Values of the template's parameters, by name."""


class WorkerComputeType(OpenEnum):
    """The size of a worker."""

    CR_1X = "CR.1X"
    CR_4X = "CR.4X"
    CR_8X = "CR.8X"


def _worker_type(value: WorkerComputeType | str | None) -> WorkerComputeType | None:
    return to_enum(WorkerComputeType, value)


def _properties(value: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return to_frozen_dict(value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class WorkerComputeConfigurationProperties(TaggedUnion):
    """Settings of the engine that runs the query."""

    spark: Mapping[str, str] | None = attrs.field(default=None, converter=_properties)
    """Spark properties by name, at most 50."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class WorkerComputeConfiguration:
    """The machines that run a query."""

    type: WorkerComputeType | None = attrs.field(default=None, converter=_worker_type)
    """The size of each worker. None: AWS's default."""
    number: int | None = None
    """How many workers, 2-1024. None: AWS's default."""
    properties: WorkerComputeConfigurationProperties | None = None
    """Settings of the engine. None: its defaults."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ComputeConfiguration(TaggedUnion):
    """The machines that run a query; exactly one member is set."""

    worker: WorkerComputeConfiguration | None = None
