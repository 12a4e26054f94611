"""What a task waits for: a resource and a goal, as JSON that passes between workers and triggerers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Self, cast

import attrs

from .._client import Client
from .._waiting import Polling
from ..errors import ConflictError, ResourceNotFoundError, WaitFailedError, WaitTimeoutError
from ..kinds import KINDS, Kind, Waitable, WaitFor, parse_arn

__all__ = ["Target", "kind_of_family"]

_Change = Callable[..., Awaitable[None]]
_KINDS = {kind.family: kind for kind in KINDS}


def kind_of_family(family: str) -> Kind:
    """Return the kind whose list has this name, such as `audience-models`."""
    if family not in _KINDS:
        raise ValueError(f"no kind of resources is named {family!r}; there are {', '.join(_KINDS)}")
    return _KINDS[family]


@attrs.frozen(kw_only=True)
class Target:
    """A resource and the goal of a wait."""

    family: str
    """Its kind, as `Kind.family` names it."""
    identity: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    """The arguments of the kind's functions after the client; last the ARN or, of an export job, the name."""
    version_identifier: str | None = None
    wait_for: WaitFor = attrs.field(default=WaitFor.READY, converter=WaitFor)

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return kind_of_family(self.family)

    def __attrs_post_init__(self) -> None:
        if self.wait_for is WaitFor.DELETED and self.kind.delete is None:
            raise ValueError(f"{self.kind.name}: the API cannot delete it")
        if self.kind.watches and self.wait_for not in self.kind.watches:
            goals = " or ".join(self.kind.watches)
            raise ValueError(f"{self.kind.name}: cannot wait for {self.wait_for.value}, only for {goals}")

    @classmethod
    def from_arn(cls, arn: str, version_identifier: str | None = None, wait_for: str = WaitFor.READY) -> Self:
        """Return the target that an ARN names."""
        parsed = parse_arn(arn)
        return cls(
            family=parsed.kind.family,
            identity=parsed.identity,
            version_identifier=version_identifier,
            wait_for=wait_for,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the target that `to_json` has described."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "family": self.family,
            "identity": [*self.identity],
            "version_identifier": self.version_identifier,
            "wait_for": self.wait_for.value,
        }

    def __str__(self) -> str:
        version = "" if self.version_identifier is None else f", version {self.version_identifier}"
        return f"{self.kind.name} {self.identity[-1]}{version}"

    @property
    def _options(self) -> dict[str, Any]:
        return {"version_identifier": self.version_identifier} if self.kind.has_versions else {}

    def watch(
        self, client: Client, *, polling: Polling = Polling(), timeout: float | None = None
    ) -> AsyncIterator[Waitable]:
        """Yield it after the first poll and after every change of its status, until the goal."""
        watch = self.kind.watches[self.wait_for]
        return watch(client, *self.identity, **self._options, polling=polling, timeout=timeout)

    async def read(self, client: Client) -> object | None:
        """Return it as it is now. None: it is not listed yet, or is deleted."""
        if self.kind.get is not None:
            try:
                resource: object = await self.kind.get(client, *self.identity, **self._options)
            except ResourceNotFoundError:
                return None
            return resource
        # Only a wait knows how to find an export job in its list.
        try:
            return await anext(self.watch(client, timeout=0))
        except WaitTimeoutError:
            return None

    async def probe(self, client: Client) -> str:
        """Poll once; return `succeeded`, `active` while the goal may still be reached, or `lost`."""
        if not self.kind.watches:
            return "lost"
        try:
            async for _ in self.watch(client, timeout=0):
                pass
        except WaitTimeoutError:
            return "active"
        except (WaitFailedError, ResourceNotFoundError):
            return "lost"
        return "succeeded"

    async def delete(self, client: Client) -> None:
        """Start deleting it, unless that has happened already."""
        try:
            await cast("_Change", self.kind.delete)(client, *self.identity, **self._options)
        except ResourceNotFoundError:
            return
        except ConflictError:
            status = str(getattr(await self.read(client), "status", ""))
            if status not in {"", "DELETE_PENDING", "DELETE_IN_PROGRESS", "INACTIVE"}:
                raise

    async def cancel(self, client: Client) -> str:
        """Cancel it if AWS lets one; return what happened, as text for a log."""
        if self.kind.cancel is None:
            return f"{self} goes on: AWS has no operation that cancels it. Delete it when it has ended."
        try:
            await self.kind.cancel(client, *self.identity, **self._options)
        except (ConflictError, ResourceNotFoundError) as error:
            return f"{self} cannot be cancelled any more: {error.message}"
        return f"{self} is being cancelled"
