"""Creates a resource once, although Airflow runs tasks again: finds what an earlier try has created.

The API has no client token. So each resource gets two tags: the task that creates it, and its inputs, both as hashes.
Export jobs and versions of a model have no tags of their own: the hashes are part of their names.
"""

import hashlib
import json
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self, cast

import attrs

from .._client import Client
from .._dicts import json_time, to_dict
from .._models import OpenEnum
from ..errors import RequestError, ResourceNotFoundError
from ..kinds import Kind
from ..resources.audience_export_jobs import list_audience_export_jobs
from ..resources.tags import list_tags_for_resource
from ..resources.trained_models import get_trained_model, list_trained_model_versions
from ._targets import Target

__all__ = [
    "INPUTS_TAG",
    "TASK_TAG",
    "AudienceExportCreation",
    "Creation",
    "IfExists",
    "Owner",
    "TrainedModelCreation",
    "TrainedModelExportCreation",
    "hash_of",
    "is_before_the_goal",
]

TASK_TAG = "cleanroomsml-client:airflow-task"
INPUTS_TAG = "cleanroomsml-client:airflow-inputs"
_MAX_NAME = 63
_MAX_TAGS_READ = 20
_BEFORE_THE_GOAL = {"CREATE_PENDING", "CREATE_IN_PROGRESS", "ACTIVE"}


class IfExists(StrEnum):
    """What an operator does when a resource of its name exists."""

    REUSE = "reuse"
    FAIL = "fail"
    CREATE = "create"


def hash_of(value: object) -> str:
    """Return the same text for the same arguments of an operation."""
    text = json.dumps(value, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return json_time(value)
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, str]", value))
    return to_dict(value, include_sensitive=True)


@attrs.frozen(kw_only=True)
class Owner:
    """The instance of a task that creates a resource: the same one in each of its tries."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int

    @classmethod
    def from_task_instance(cls, instance: Any) -> Self:
        """Return what Airflow's task instance says."""
        return cls(**{field.name: getattr(instance, field.name) for field in attrs.fields(cls)})

    @property
    def hash(self) -> str:
        """The same text in each try."""
        return hash_of([self.dag_id, self.run_id, self.task_id, self.map_index])

    def __str__(self) -> str:
        mapped = "" if self.map_index < 0 else f"[{self.map_index}]"
        return f"task {self.task_id}{mapped} of the DAG {self.dag_id} in the run {self.run_id}"


_Tags = Mapping[str, str]


@attrs.frozen(kw_only=True)
class Names:
    """The names that the tries of one task use."""

    first: str
    """Used as long as nothing of the task was lost."""
    try_number: int

    @property
    def last(self) -> str:
        """The name that this try uses if the one before was lost."""
        return _with_suffix(self.first, str(self.try_number))

    @property
    def all(self) -> set[str]:
        """All names that a try may have used until now."""
        return {self.first, *(_with_suffix(self.first, str(number)) for number in range(1, self.try_number + 1))}


class _Summary(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def create_time(self) -> datetime: ...


@attrs.frozen
class Found:
    """What is there already."""

    reusable: _Summary | None = None
    """Created by this task from these inputs, and not lost."""
    lost: _Summary | None = None
    """Created by this task, but failed, deleted or from other inputs."""
    foreign: _Summary | None = None
    """Has the name, but was not created by this task."""


@attrs.frozen
class Creation:
    """How one operation creates a resource, and how to find it again: by its tags."""

    create: Callable[..., Awaitable[Any]]
    kind: Kind
    arn: str = ""
    """The member of a summary that has the ARN."""

    async def scope(self, client: Client, arguments: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the arguments of the list after the client."""
        del client
        return tuple(arguments[name] for name in self.kind.required)

    def list(self, client: Client, scope: tuple[str, ...], arguments: Mapping[str, Any]) -> AsyncIterable[Any]:
        """List all resources among which an earlier try may have created one."""
        del arguments
        return self.kind.list(client, *scope, page_size=100)

    def is_named_by_hash(self, arguments: Mapping[str, Any]) -> bool:
        """Whether the name has the hashes, instead of tags."""
        del arguments
        return False

    def target(self, scope: tuple[str, ...], name: str, made: Any) -> Target:
        """Return what to wait for.

        Args:
            scope: What `scope` returned.
            name: The name of the resource.
            made: What the operation returned, or a summary.
        """
        del scope, name
        arn: str = made if isinstance(made, str) else getattr(made, self.arn)
        return Target.from_arn(arn, getattr(made, "version_identifier", None))

    async def run(
        self, client: Client, arguments: dict[str, Any], owner: Owner, if_exists: str, log: Callable[[str], object]
    ) -> Target:
        """Return what an earlier try has created, or create it.

        Raises:
            RequestError: There is another resource of this name.
        """
        scope = await self.scope(client, arguments)
        inputs = hash_of({name: value for name, value in arguments.items() if name != "tags"})
        tags: _Tags = {TASK_TAG: owner.hash, INPUTS_TAG: inputs}
        name: str = arguments["name"]
        if self.is_named_by_hash(arguments):
            name, tags = _with_suffix(name, hash_of([owner.hash, inputs])[:12]), {}
        names = Names(first=name, try_number=owner.try_number)
        if if_exists != IfExists.CREATE:
            found = await self._find(client, self.list(client, scope, arguments), names, tags)
            if if_exists == IfExists.FAIL and (existing := found.reusable or found.lost or found.foreign):
                raise RequestError(f"{self._describe(existing)}, and if_exists is 'fail'")
            if found.reusable is not None:
                target = self.target(scope, found.reusable.name, found.reusable)
                log(f"{target} was created by an earlier try of this task; it is used")
                return target
            if found.lost is not None:
                name = names.last
                log(f"{found.lost.name} of an earlier try cannot be used; {name} is created")
            elif found.foreign is not None:
                raise RequestError(
                    f"{self._describe(found.foreign)}, and {owner} has not created it; choose another name, such as "
                    "one with {{ run_id }}, or set if_exists='create' for one more of this name"
                )
        arguments = {**arguments, "name": name}
        if tags:
            arguments["tags"] = {**arguments.get("tags", {}), **tags}
        target = self.target(scope, name, await self.create(client, **arguments))
        log(f"{target} was created")
        return target

    def _describe(self, existing: _Summary) -> str:
        arn = getattr(existing, self.arn, None)
        return f"{self.kind.name} {existing.name!r}{f' ({arn})' if arn else ''} exists already"

    async def _find(self, client: Client, summaries: AsyncIterable[Any], names: Names, tags: _Tags) -> Found:
        """Look among resources for those with one of the names; only those with the tags can be reused."""
        named = [each async for each in summaries if each.name in names.all]
        found = Found()
        for each in sorted(named, key=lambda each: each.create_time, reverse=True)[:_MAX_TAGS_READ]:
            present: _Tags = await _tags(client, getattr(each, self.arn)) if tags else {}
            if present.get(TASK_TAG) != tags.get(TASK_TAG):
                if each.name == names.first and is_before_the_goal(each):
                    found = attrs.evolve(found, foreign=each)
            elif present.get(INPUTS_TAG) == tags.get(INPUTS_TAG) and is_before_the_goal(each):
                return attrs.evolve(found, reusable=each)
            else:
                found = attrs.evolve(found, lost=each)
        return found


class _NamedCreation(Creation):
    """Of an export job: only its name identifies it."""

    def is_named_by_hash(self, arguments: Mapping[str, Any]) -> bool:
        del arguments
        return True

    def target(self, scope: tuple[str, ...], name: str, made: Any) -> Target:
        del made
        return Target(family=self.kind.family, identity=(*scope, name))


class AudienceExportCreation(_NamedCreation):
    """Of an export job of an audience."""

    async def scope(self, client: Client, arguments: Mapping[str, Any]) -> tuple[str, ...]:
        del client
        return (arguments["audience_generation_job_arn"],)

    def list(self, client: Client, scope: tuple[str, ...], arguments: Mapping[str, Any]) -> AsyncIterable[Any]:
        del arguments
        return list_audience_export_jobs(client, audience_generation_job_arn=scope[0], page_size=100)


class TrainedModelExportCreation(_NamedCreation):
    """Of an export job of a trained model, which is listed in the collaboration."""

    async def scope(self, client: Client, arguments: Mapping[str, Any]) -> tuple[str, ...]:
        arn: str = arguments["trained_model_arn"]
        model = await get_trained_model(client, arguments["membership_identifier"], arn)
        return model.collaboration_identifier, arn


class TrainedModelCreation(Creation):
    """Of a trained model. Incremental training may create a version of another one; versions share their tags."""

    def is_named_by_hash(self, arguments: Mapping[str, Any]) -> bool:
        return bool(arguments.get("incremental_training_data_channels"))

    async def list(self, client: Client, scope: tuple[str, ...], arguments: Mapping[str, Any]) -> AsyncIterable[Any]:
        async for summary in super().list(client, scope, arguments):
            yield summary
        for channel in arguments.get("incremental_training_data_channels") or ():
            try:
                versions = list_trained_model_versions(client, scope[0], channel.trained_model_arn, page_size=100)
                async for summary in versions:
                    yield summary
            except ResourceNotFoundError:
                # A model of another member, from which training creates a new model.
                continue


async def _tags(client: Client, arn: str) -> Mapping[str, str]:
    try:
        return await list_tags_for_resource(client, arn)
    except ResourceNotFoundError:
        return {}


def is_before_the_goal(summary: object) -> bool:
    """Whether a resource is, or may become, usable. A status that is unknown today is not a failure."""
    status: OpenEnum | None = getattr(summary, "status", None)
    return status is None or status.value in _BEFORE_THE_GOAL or status not in set(type(status))


def _with_suffix(name: str, suffix: str) -> str:
    return f"{name[: _MAX_NAME - len(suffix) - 1]}-{suffix}"
