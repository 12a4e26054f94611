"""The quotas that AWS publishes, with their published names and default limits.

https://docs.aws.amazon.com/general/latest/gr/clean-rooms-ml.html
"""

import attrs


@attrs.frozen
class Quota:
    """How many resources of a kind there can be."""

    name: str
    limit: int


AUDIENCE_MODELS = Quota("Pending/in progress audience models per customer", 2)
GENERATION_JOBS = Quota("Pending/in progress audience generation jobs per customer", 10)
AUDIENCE_EXPORT_JOBS = Quota("Pending/in progress audience export jobs per customer", 20)
ACTIVE_AUDIENCE_EXPORT_JOBS = Quota("Active audience export jobs per audience generation job", 25)
# An algorithm belongs to no membership, so those of an account are counted.
ALGORITHMS = Quota("Active configured model algorithms per membership", 1000)
ASSOCIATIONS = Quota("Active configured model algorithm associations per membership", 1000)
CHANNELS = Quota("Active custom model input channels per membership", 100)
TRAINING = Quota("Pending/in progress custom model training jobs per account", 10)
TRAINING_PER_MEMBERSHIP = Quota("Pending/in progress custom model training jobs per membership", 5)
INFERENCE = Quota("Pending/in progress custom model inference jobs per account", 10)
INFERENCE_PER_MEMBERSHIP = Quota("Pending/in progress custom model inference jobs per membership", 5)

QUOTAS = (
    AUDIENCE_MODELS,
    GENERATION_JOBS,
    AUDIENCE_EXPORT_JOBS,
    ACTIVE_AUDIENCE_EXPORT_JOBS,
    ALGORITHMS,
    ASSOCIATIONS,
    CHANNELS,
    TRAINING,
    TRAINING_PER_MEMBERSHIP,
    INFERENCE,
    INFERENCE_PER_MEMBERSHIP,
)
"""All of them."""
