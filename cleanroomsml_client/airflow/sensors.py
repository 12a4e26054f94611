"""The sensor: waits for a resource that something else has started."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import attrs
from airflow.providers.amazon.aws.sensors.base_aws import AwsBaseSensor
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context, PokeReturnValue, XComArg
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSensorTimeout

from .._client import Client
from .._dicts import to_dict
from .._waiting import Polling
from ..errors import CleanRoomsMLError, RequestError, WaitFailedError, WaitTimeoutError
from ..kinds import Waitable, WaitFor
from ._targets import Target
from .hooks import CleanRoomsMLHook
from .triggers import CleanRoomsMLTrigger, check_event, default_deferrable

__all__ = ["CleanRoomsMLSensor"]


class CleanRoomsMLSensor(AwsBaseSensor[CleanRoomsMLHook]):
    """Waits until a resource is usable, deleted or cancelled; for what another DAG, account or person has started.

    XCom has the resource, as `to_dict` returns it.

    Args:
        arn: The ARN of the resource. None: `family` and `identity` say it.
        version_identifier: The version of a trained model. None: the latest.
        family: The kind of what has no ARN, such as `audience-export-jobs`; see `cleanroomsml_client.kinds`.
        identity: What the functions of this kind take after the client: for an export of an audience the ARN of the
            generation job and the name.
        wait_for: `ready`, `deleted` or `cancelled`.
        deferrable: Whether to wait in the triggerer. None: Airflow's option `operators.default_deferrable`.
        polling: How often the triggerer polls. A worker polls every `poke_interval` seconds.
        **kwargs: The connection, and the arguments of every sensor of Airflow, such as `timeout` and `soft_fail`.
    """

    aws_hook_class = CleanRoomsMLHook
    template_fields: Sequence[str] = aws_template_fields("arn", "version_identifier", "family", "identity")

    def __init__(
        self,
        *,
        arn: str | XComArg | None = None,
        version_identifier: str | XComArg | None = None,
        family: str | XComArg | None = None,
        identity: Sequence[str | XComArg] | XComArg | None = None,
        wait_for: str = WaitFor.READY,
        deferrable: bool | None = None,
        polling: Polling | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType]
        if (arn is None) is (family is None or identity is None):
            raise ValueError("give either arn, or family and identity")
        self.arn = arn
        self.version_identifier = version_identifier
        self.family = family
        self.identity = identity
        self.wait_for: WaitFor = WaitFor(wait_for)
        self.deferrable: bool = default_deferrable() if deferrable is None else deferrable
        self.polling = polling

    def execute(self, context: Context) -> Any:
        """Wait, in the triggerer or by poking.

        Args:
            context: Airflow's context of the task.

        Returns:
            The resource as a dict.
        """
        if self.deferrable:
            self._defer()
        return super().execute(context)

    def _defer(self) -> NoReturn:
        polling = self.polling or Polling()
        self.defer(
            trigger=CleanRoomsMLTrigger(
                target=self._target().to_json(),
                polling=attrs.asdict(attrs.evolve(polling, timeout=None)),
                end=time.time() + self.timeout,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
        )

    def execute_complete(self, context: Context, event: Mapping[str, Any]) -> Any:
        """Continue after the wait in the triggerer.

        Args:
            context: Airflow's context of the task.
            event: The event of the trigger.

        Returns:
            The resource as a dict.

        Raises:
            AirflowSensorTimeout: `timeout` passed first.
            AirflowFailException: The goal cannot be reached any more; the message has AWS's status details.
            AirflowException: Polling failed.
        """
        del context
        try:
            check_event(event)
        except WaitTimeoutError as error:
            raise AirflowSensorTimeout(str(error)) from error
        except (RequestError, WaitFailedError) as error:
            raise AirflowFailException(str(error)) from error
        except CleanRoomsMLError as error:
            # The only class for which Airflow heeds `soft_fail`.
            raise AirflowException(str(error)) from error
        return event["resource"]

    def poke(self, context: Context) -> PokeReturnValue:
        """Poll once.

        Args:
            context: Airflow's context of the task.

        Returns:
            Whether the goal is reached, and the resource as a dict.

        Raises:
            AirflowFailException: The goal cannot be reached any more; the message has AWS's status details.
            CleanRoomsMLError: Polling failed.
        """
        del context
        try:
            last = self.hook.run(_poll, self._target())
        except WaitTimeoutError:
            return PokeReturnValue(is_done=False)
        except (RequestError, WaitFailedError) as error:
            raise AirflowFailException(str(error)) from error
        return PokeReturnValue(is_done=True, xcom_value=None if last is None else to_dict(last))

    def _target(self) -> Target:
        # Airflow has rendered the templates: there is no XComArg any more.
        fields: Any = self
        try:
            if fields.arn is not None:
                target = Target.from_arn(fields.arn, fields.version_identifier, self.wait_for)
            else:
                target = Target(
                    family=fields.family,
                    identity=fields.identity,
                    version_identifier=fields.version_identifier,
                    wait_for=self.wait_for,
                )
        except ValueError as error:
            raise AirflowFailException(str(error)) from error
        if not target.kind.watches:
            raise AirflowFailException(f"{target.kind.name}: there is nothing to wait for")
        return target


async def _poll(client: Client, target: Target) -> Waitable | None:
    """Return the resource if the goal is reached; raise WaitTimeoutError if it is not."""
    changes = [change async for change in target.watch(client, timeout=0)]
    return changes[-1] if changes else None
