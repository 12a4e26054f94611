"""What the operators share: inputs from templates, creating once, waiting in one of three ways, XCom."""

import threading
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

import attrs
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context, XComArg
from airflow.sdk.bases.resumablejobmixin import ResumableJobMixin
from airflow.sdk.exceptions import AirflowFailException

from ..._client import Client
from ..._dicts import to_dict
from ..._waiting import Polling
from ...errors import CleanRoomsMLError, RequestError
from .._creation import Creation, IfExists, Owner, hash_of
from .._inputs import arguments_of, parameters_of
from .._targets import Target
from ..hooks import CleanRoomsMLHook
from ..triggers import CleanRoomsMLTrigger, check_event, default_deferrable

__all__ = [
    "CleanRoomsMLOperator",
    "CreateAndWaitOperator",
    "CreateOperator",
    "Json",
    "OperationOperator",
    "Text",
    "WaitingOperator",
]

Text = str | XComArg
"""Text, in which Airflow renders templates, or the output of another task."""
Json = Mapping[str, Any] | XComArg
"""A dict with AWS's member names, or the output of another task."""


def _instance_of(context: Context) -> Any:
    # All members of Airflow's context are declared as optional.
    members: Any = context
    return members["ti"]


def _push(context: Context, resource: object) -> None:
    _instance_of(context).xcom_push(key="resource", value=resource)


_P = ParamSpec("_P")
_R = TypeVar("_R")
_KILL_TIMEOUT = 4.0
"""Seconds. Airflow ends the process after 5."""


class CleanRoomsMLOperator(AwsBaseOperator[CleanRoomsMLHook]):
    """An operator with a connection of Airflow."""

    aws_hook_class = CleanRoomsMLHook

    def run_async(
        self, function: Callable[Concatenate[Client, _P], Awaitable[_R]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _R:
        """Run an async function with a client; a request that can never succeed is not tried again by Airflow."""
        try:
            return self.hook.run(function, *args, **kwargs)
        except (RequestError, ValueError, TypeError) as error:
            raise AirflowFailException(str(error)) from error

    def finish(self, context: Context, target: Target, resource: object | None) -> str:
        """Push the resource to XCom, under the key `resource`, and return the ARN or the name."""
        if resource is not None and self.do_xcom_push:
            _push(context, to_dict(resource))
        return target.identity[-1]


class OperationOperator(CleanRoomsMLOperator):
    """An operator that calls one function. Its fields are the parameters of the function, all with templates."""

    function: ClassVar[Callable[..., Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "function"):
            cls.template_fields = aws_template_fields(*parameters_of(cls.function))

    def arguments(self, context: Context) -> dict[str, Any]:
        """Return the arguments of the function, with the types that it takes."""
        fields = {name: getattr(self, name) for name in parameters_of(self.function)}
        try:
            return arguments_of(self.function, fields, lambda value: self.render_template(value, context))
        except (ValueError, TypeError) as error:
            raise AirflowFailException(str(error)) from error


class CreateOperator(OperationOperator):
    """An operator that creates a resource, once."""

    creation: ClassVar[Creation]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "creation"):
            cls.function = staticmethod(cls.creation.create)
        super().__init_subclass__(**kwargs)

    def __init__(self, *, if_exists: str = IfExists.REUSE, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType]
        if if_exists not in set(IfExists):
            raise ValueError(f"if_exists must be {', '.join(map(repr, map(str, IfExists)))}, not {if_exists!r}")
        self.if_exists = if_exists

    def start(self, context: Context) -> Target:
        """Create the resource, or find what an earlier try has created."""
        owner = Owner.from_task_instance(_instance_of(context))
        return self.run_async(self.creation.run, self.arguments(context), owner, self.if_exists, self.log.info)

    def execute(self, context: Context) -> Any:
        """Create the resource, or find what an earlier try has created.

        Args:
            context: Airflow's context of the task.

        Returns:
            The ARN.
        """
        target = self.start(context)
        return self.finish(context, target, self.run_async(target.read))


class WaitingOperator(ResumableJobMixin, CleanRoomsMLOperator):  # pyright: ignore[reportIncompatibleVariableOverride]
    """An operator that starts something and waits for its end.

    It waits in the triggerer (`deferrable`); in the worker, where with `durable` a later try continues the wait; or not
    at all.
    """

    def __init__(
        self,
        *,
        wait_for_completion: bool = True,
        deferrable: bool | None = None,
        polling: Polling | None = None,
        timeout: float | timedelta | None = None,
        cancel_on_kill: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.wait_for_completion = wait_for_completion
        self.deferrable: bool = default_deferrable() if deferrable is None else deferrable
        self.polling = polling
        self.timeout = timeout
        self.cancel_on_kill = cancel_on_kill
        # Now, so that the DAG does not load with a wrong timeout.
        self._polling = polling or Polling()
        if timeout is not None:
            self._polling = attrs.evolve(self._polling, timeout=timeout)
        self._target: Target | None = None
        self._result: str | None = None

    @abstractmethod
    def start(self, context: Context) -> Target:
        """Start it; return what to wait for."""

    @abstractmethod
    def inputs(self, context: Context) -> object:
        """Return what is different if a later try must not continue the wait of this one."""

    def execute(self, context: Context) -> Any:
        """Start it, and wait if that is wanted.

        Args:
            context: Airflow's context of the task.

        Returns:
            The ARN; of an export job, which has none, the name.
        """
        if self.wait_for_completion and not self.deferrable:
            return self.execute_resumable(context)
        target = self.start(context)
        if self.wait_for_completion and target.kind.watches:
            self.defer(
                trigger=self._trigger(target),
                method_name="execute_complete",
            )
        return self.finish(context, target, self.run_async(target.read))

    def _trigger(self, target: Target) -> CleanRoomsMLTrigger:
        polling = self._polling
        return CleanRoomsMLTrigger(
            target=target.to_json(),
            polling=attrs.asdict(attrs.evolve(polling, timeout=None)),
            end=None if polling.timeout is None else time.time() + polling.timeout,
            cancel_on_kill=self.cancel_on_kill,
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            verify=self.verify,
            botocore_config=self.botocore_config,
        )

    def execute_complete(self, context: Context, event: Mapping[str, Any]) -> str:
        """Continue after the wait in the triggerer.

        Args:
            context: Airflow's context of the task.
            event: The event of the trigger.

        Returns:
            The ARN; of an export job, which has none, the name.

        Raises:
            WaitFailedError: The resource has failed; the message has AWS's status details.
            WaitTimeoutError: `timeout` passed first.
            AirflowFailException: The settings of the connection cannot be used.
            CleanRoomsMLError: Polling failed.
        """
        if event["resource"] is not None and self.do_xcom_push:
            _push(context, event["resource"])
        try:
            check_event(event)
        except RequestError as error:
            raise AirflowFailException(str(error)) from error
        return Target.from_json(event["target"]).identity[-1]

    # The durable wait in the worker: Airflow calls these functions, and keeps what `submit_job` returns.

    def execute_resumable(self, context: Context) -> Any:
        """Start it and wait, or continue the wait of an earlier try that had the same inputs."""
        self.external_id_key = f"cleanroomsml-client-{hash_of(self.inputs(context))}"
        super().execute_resumable(context)
        return self._result

    def submit_job(self, context: Context) -> Any:
        """Start it; return what to wait for, as JSON values."""
        return self.start(context).to_json()

    def get_job_status(self, external_id: Any, context: Context) -> str:
        """Return how far it is: `succeeded`, `active` or `lost`."""
        del context
        return str(self.run_async(Target.from_json(external_id).probe))

    def is_job_active(self, status: str) -> bool:
        """Whether a later try continues the wait."""
        return status == "active"

    def is_job_succeeded(self, status: str) -> bool:
        """Whether a later try has nothing left to do."""
        return status == "succeeded"

    def poll_until_complete(self, external_id: Any, context: Context) -> None:
        """Wait, and log each status."""
        self._target = Target.from_json(external_id)
        resource: Any = None

        def see(change: Any) -> None:
            nonlocal resource
            resource = change
            self.log.info("%s is %s", self._target, change.status.value)

        try:
            if self._target.kind.watches:
                self.run_async(_wait, self._target, self._polling, see)
        finally:
            # After a failure, too.
            self._result = self.finish(context, self._target, resource)

    def get_job_result(self, external_id: Any, context: Context) -> str:
        """Return the ARN; of an export job, which has none, the name."""
        if self._result is None:
            # An earlier try has seen the end.
            target = Target.from_json(external_id)
            self._result = self.finish(context, target, self.run_async(target.read))
        return self._result

    def on_kill(self) -> None:
        """Cancel it if AWS lets one, or say in the log that it goes on.

        Airflow calls it in the worker: when a user ends the task, but also when the worker is stopped, or after
        `execution_timeout`. With `durable`, a later try is to continue the wait: nothing is cancelled.
        """
        if self._target is not None and self.cancel_on_kill and self.durable:
            self.log.warning("%s goes on, so that a later try can continue the wait", self._target)
        elif self._target is not None and self.cancel_on_kill:
            # Called by a signal handler, in the thread in which the wait is in progress.
            thread = threading.Thread(target=self._cancel, args=(self._target,), daemon=True)
            thread.start()
            thread.join(_KILL_TIMEOUT)

    def _cancel(self, target: Target) -> None:
        try:
            self.log.warning("%s", self.hook.run(target.cancel))
        except CleanRoomsMLError as error:
            self.log.warning("%s goes on: cancelling failed: %s", target, error)


class CreateAndWaitOperator(WaitingOperator, CreateOperator):  # pyright: ignore[reportIncompatibleVariableOverride]
    """An operator that creates a resource and waits until it is usable."""

    def start(self, context: Context) -> Target:
        """Create the resource, or find what an earlier try has created."""
        return CreateOperator.start(self, context)

    def inputs(self, context: Context) -> object:
        """Return the arguments of the operation."""
        return self.arguments(context)


async def _wait(client: Client, target: Target, polling: Polling, see: Callable[[Any], None]) -> None:
    async for change in target.watch(client, polling=polling):
        see(change)
