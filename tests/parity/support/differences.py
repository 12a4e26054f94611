"""The deliberate differences between the public API and botocore's model: one table, with the reasons."""

import re

import attrs

__all__ = ["DIFFERENCES", "ENGINE", "Difference", "is_dropped", "is_invented", "renamed"]


@attrs.frozen
class Difference:
    """`theirs` in botocore is called `ours` here. None: only one side has it."""

    theirs: str | None
    """A pattern for a shape, or for a member as `Shape.member`, in AWS's spelling."""
    ours: str | None
    """A class, a member as `Class.member`, or a parameter, in Python's spelling."""
    reason: str


DIFFERENCES = (
    Difference(
        r"Get(\w+)Response",
        r"\1",
        "A class is named after the resource, not after the response that contains it.",
    ),
    Difference(
        r"CreateTrainedModelResponse",
        "CreatedTrainedModel",
        "A class is named after the resource; `TrainedModel` is the class that get returns.",
    ),
    Difference(
        r"AudienceQualityMetrics",
        "Metrics",
        "A job has no other metrics: `AudienceGenerationJob.metrics`.",
    ),
    Difference(
        r"List\w+Request\.nextToken",
        "starting_token",
        "It is where an iteration starts; `Pages` handles the later tokens.",
    ),
    Difference(
        r"List\w+Request\.maxResults",
        "page_size",
        "It limits the items of a page, not those of the list.",
    ),
    Difference(
        r"PutConfiguredAudienceModelPolicyResponse\.configuredAudienceModelPolicy",
        None,
        "The caller has just sent the policy; only the hash is new.",
    ),
    Difference(
        None,
        "AudienceModel.metrics",
        "AWS removed the member from its model in 2024; if the service sends it, it is read.",
    ),
    Difference(None, "AudienceModelMetric", "The class of `AudienceModel.metrics`."),
    Difference(None, "AudienceModelMetricType", "The class of `AudienceModelMetric.type`."),
    Difference(
        None,
        "TaggedUnion.unknown_variant",
        "The name of a variant that AWS adds later is kept.",
    ),
)

ENGINE = frozenset(
    {
        "NO_PACING",
        "NO_RETRY",
        "Attempt",
        "CleanRoomsMLError",
        "Client",
        "Blocking",
        "Connection",
        "CredentialsError",
        "DeadlineError",
        "FrozenDict",
        "HookError",
        "Observer",
        "OpenEnum",
        "Page",
        "Pages",
        "Polling",
        "RequestError",
        "Response",
        "ResponseError",
        "Pacing",
        "RetryPolicy",
        "SequenceNotStr",
        "ServiceError",
        "TransportError",
        "WaitError",
        "WaitFailedError",
        "WaitTimeoutError",
        "__version__",
        "connect",
        "blocking",
        "SeedAudienceReport",
        "check_seed_audience",
        "write_seed_audience",
        "from_dict",
        "to_dict",
    }
)
"""The public names that have no counterpart in botocore's model."""


def _row(theirs: str) -> tuple[Difference, re.Match[str]] | None:
    for difference in DIFFERENCES:
        match = re.fullmatch(difference.theirs, theirs) if difference.theirs is not None else None
        if match is not None:
            return difference, match
    return None


def renamed(theirs: str) -> str | None:
    """Return our name for a shape or for `Shape.member`. None: no row renames it."""
    row = _row(theirs)
    return None if row is None or row[0].ours is None else row[1].expand(row[0].ours)


def is_dropped(theirs: str) -> bool:
    """Return whether botocore has it and we deliberately do not."""
    row = _row(theirs)
    return row is not None and row[0].ours is None


def is_invented(ours: str) -> bool:
    """Return whether we have it and botocore does not."""
    return any(difference.theirs is None and difference.ours == ours for difference in DIFFERENCES)
