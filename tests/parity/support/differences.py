"""Where the public API differs from botocore's model on purpose: one table, with the reasons."""

import re

import attrs

__all__ = ["DIFFERENCES", "ENGINE", "Difference", "is_dropped", "is_invented", "renamed"]


@attrs.frozen
class Difference:
    """What is `theirs` in botocore is called `ours` here; None: it is on one side only."""

    theirs: str | None
    """A pattern for a shape, or for a member as `Shape.member`, in the wire's spelling."""
    ours: str | None
    """A class, or a member as `Class.member`, in Python's spelling; the name alone of a parameter."""
    reason: str


DIFFERENCES = (
    Difference(
        r"Get(\w+)Response",
        r"\1",
        "A class is named for the thing, not for the message that brings it.",
    ),
    Difference(
        r"CreateTrainedModelResponse",
        "CreatedTrainedModel",
        "As above; `TrainedModel` is what get returns.",
    ),
    Difference(
        r"AudienceQualityMetrics",
        "Metrics",
        "The metrics of a job, which has no others: `AudienceGenerationJob.metrics`.",
    ),
    Difference(
        r"List\w+Request\.nextToken",
        "starting_token",
        "It says where iterating begins; the tokens after it are not the caller's business.",
    ),
    Difference(
        r"List\w+Request\.maxResults",
        "page_size",
        "It limits a page, never the results.",
    ),
    Difference(
        r"PutConfiguredAudienceModelPolicyResponse\.configuredAudienceModelPolicy",
        None,
        "The caller has just sent it; what remains is the hash.",
    ),
    Difference(
        None,
        "AudienceModel.metrics",
        "AWS took the member out of its model in 2024; a service that sends it is heard all the same.",
    ),
    Difference(None, "AudienceModelMetric", "The class of `AudienceModel.metrics`."),
    Difference(None, "AudienceModelMetricType", "The class of `AudienceModelMetric.type`."),
    Difference(
        None,
        "TaggedUnion.unknown_variant",
        "A variant that AWS adds later is known by its name at least.",
    ),
)

ENGINE = frozenset(
    {
        "NO_RETRY",
        "Attempt",
        "CleanRoomsMLError",
        "Client",
        "CredentialsError",
        "DeadlineError",
        "FrozenDict",
        "Observer",
        "OpenEnum",
        "Page",
        "Pages",
        "Polling",
        "RequestError",
        "Response",
        "ResponseError",
        "RetryPolicy",
        "ServiceError",
        "TransportError",
        "WaitError",
        "WaitFailedError",
        "WaitTimeoutError",
        "__version__",
        "connect",
    }
)
"""What this package brings to every operation: public names that botocore's model cannot know."""


def _row(theirs: str) -> tuple[Difference, re.Match[str]] | None:
    for difference in DIFFERENCES:
        match = re.fullmatch(difference.theirs, theirs) if difference.theirs is not None else None
        if match is not None:
            return difference, match
    return None


def renamed(theirs: str) -> str | None:
    """Our name for a shape or for `Shape.member`; None: no row renames it."""
    row = _row(theirs)
    return None if row is None or row[0].ours is None else row[1].expand(row[0].ours)


def is_dropped(theirs: str) -> bool:
    """Whether botocore has it and we do not, on purpose."""
    row = _row(theirs)
    return row is not None and row[0].ours is None


def is_invented(ours: str) -> bool:
    """Whether we have it and botocore does not, on purpose."""
    return any(difference.theirs is None and difference.ours == ours for difference in DIFFERENCES)
