"""The operator that deletes a resource of any kind."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context

from ..._client import Client
from ...kinds import WaitFor
from .._targets import Target
from ._base import Text, WaitingOperator

__all__ = ["CleanRoomsMLDeleteOperator"]


class CleanRoomsMLDeleteOperator(WaitingOperator):
    """Deletes a resource, and waits until it is deleted if that takes time. One that is deleted already is a success.

    Of an ML input channel and of a trained model, AWS deletes the data; the resource stays, with the status INACTIVE.

    AWS: DeleteTrainingDataset, DeleteAudienceModel, DeleteConfiguredAudienceModel, DeleteAudienceGenerationJob,
    DeleteConfiguredModelAlgorithm, DeleteConfiguredModelAlgorithmAssociation, DeleteMLInputChannelData,
    DeleteTrainedModelOutput.

    Args:
        arn: The ARN of the resource. Its kind follows from it.
        version_identifier: The version of a trained model. None: the base version.
        **kwargs: How to wait, the connection, and the arguments of every operator of Airflow.
    """

    template_fields: Sequence[str] = aws_template_fields("arn", "version_identifier")

    def __init__(self, *, arn: Text, version_identifier: Text | None = None, **kwargs: Any) -> None:
        super().__init__(cancel_on_kill=False, **kwargs)
        self.arn = arn
        self.version_identifier = version_identifier

    def start(self, context: Context) -> Target:
        """Start deleting it."""
        del context
        # Airflow has rendered the templates: there is no XComArg any more.
        fields: Any = self
        return self.run_async(_delete, fields.arn, fields.version_identifier)

    def inputs(self, context: Context) -> object:
        """Return what identifies the deletion among the tries of the task."""
        del context
        return [self.arn, self.version_identifier]


async def _delete(client: Client, arn: str, version_identifier: str | None) -> Target:
    target = Target.from_arn(arn, version_identifier, WaitFor.DELETED)
    await target.delete(client)
    return target
