"""Queries that select what a job works on: their SQL, and what they run on."""

from collections.abc import Mapping

import attrs

from .._models import FrozenDict, OpenEnum, TaggedUnion, map_field

__all__ = [
    "ComputeConfiguration",
    "ProtectedQuerySQLParameters",
    "WorkerComputeConfiguration",
    "WorkerComputeConfigurationProperties",
    "WorkerComputeType",
]


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
