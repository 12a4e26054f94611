"""Builders: resources for tests, in any status, with all that they depend on.

A builder validates its members as the service validates a request.
"""

import re

from .._arguments import encode_parameters
from .error_responses import WireError
from .handlers import HANDLERS
from .record import Request
from .service_model import Wire, load
from .state import State
from .suggestions import there_are
from .validation import validate

DEFAULT_ACCOUNT = "111122223333"
DEFAULT_REGION = "us-east-1"

_ROLE_ARN = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/clean-rooms-ml"
_COLUMNS = {"user_id": "USER_ID", "item_id": "ITEM_ID", "event_time": "TIMESTAMP"}
_TRAINING_DATA = {
    "type": "INTERACTIONS",
    "inputConfig": {
        "schema": [{"columnName": name, "columnTypes": [kind]} for name, kind in _COLUMNS.items()],
        "dataSource": {"glueDataSource": {"tableName": "interactions", "databaseName": "clean_rooms"}},
    },
}
_OUTPUT_CONFIG = {"destination": {"s3Destination": {"s3Uri": "s3://clean-rooms/audiences"}}, "roleArn": _ROLE_ARN}
# Export jobs are the only resources that no get operation returns.
_EXPORT_STATUSES = ("CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ACTIVE")
_SEED_AUDIENCE = {"dataSource": {"s3Uri": "s3://clean-rooms/seed.jsonl"}, "roleArn": _ROLE_ARN}


class Builders:
    """Adds resources of lookalike models without a request."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add_training_dataset(self, **members: object) -> str:
        """Add a training dataset.

        Args:
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request.
        """
        defaults = {"name": "interactions", "role_arn": _ROLE_ARN, "training_data": [_TRAINING_DATA]}
        return self._add("CreateTrainingDataset", {**defaults, **members})

    def add_audience_model(
        self, *, status: str = "ACTIVE", training_dataset_arn: str | None = None, **members: object
    ) -> str:
        """Add an audience model.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            training_dataset_arn: The dataset that it is trained on. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        dataset = training_dataset_arn or self.add_training_dataset()
        defaults = {"name": "model", "training_dataset_arn": dataset}
        return self._add("CreateAudienceModel", {**defaults, **members}, status)

    def add_configured_audience_model(self, *, audience_model_arn: str | None = None, **members: object) -> str:
        """Add a configured audience model.

        Args:
            audience_model_arn: The audience model that it uses. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request.
        """
        defaults = {
            "name": "configured-model",
            "audience_model_arn": audience_model_arn or self.add_audience_model(),
            "output_config": _OUTPUT_CONFIG,
            "shared_audience_metrics": ["ALL"],
        }
        return self._add("CreateConfiguredAudienceModel", {**defaults, **members})

    def add_audience_generation_job(
        self, *, status: str = "ACTIVE", configured_audience_model_arn: str | None = None, **members: object
    ) -> str:
        """Add an audience generation job.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            configured_audience_model_arn: The configured audience model that it uses. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        defaults = {
            "name": "job",
            "configured_audience_model_arn": configured_audience_model_arn or self.add_configured_audience_model(),
            "seed_audience": _SEED_AUDIENCE,
        }
        return self._add("StartAudienceGenerationJob", {**defaults, **members}, status)

    def add_audience_export_job(
        self, *, status: str = "ACTIVE", audience_generation_job_arn: str | None = None, **members: object
    ) -> str:
        """Add an audience export job.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            audience_generation_job_arn: The generation job that it exports from. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The name: an export job has no ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        defaults = {
            "name": "export",
            "audience_generation_job_arn": audience_generation_job_arn or self.add_audience_generation_job(),
            "audience_size": {"type": "PERCENTAGE", "value": 5},
        }
        return self._add("StartAudienceExportJob", {**defaults, **members}, status)

    def _add(
        self, operation_name: str, members: dict[str, Wire], status: str = "ACTIVE", account: str = DEFAULT_ACCOUNT
    ) -> str:
        if status not in (statuses := _statuses(operation_name)):
            raise ValueError(f"{operation_name} makes nothing with the status {status}; {there_are(status, statuses)}")
        output = self._run(operation_name, members, account)
        self._state.force_status(self._state.store.last_created(), status)
        identity: str = next(iter(output.values()), members["name"])
        return identity

    def _run(self, operation_name: str, members: dict[str, Wire], account: str) -> dict[str, Wire]:
        operation = load().operations[operation_name]
        names = operation.python_names()
        if unknown := sorted(members.keys() - names.keys()):
            raise TypeError(
                f"{operation_name} has no {', '.join(unknown)}; {there_are(unknown[0], sorted(names.keys()))}"
            )
        params = encode_parameters(operation_name, members)
        request = Request(
            operation=operation_name, account=account, region=DEFAULT_REGION, params=params, unmetered=True
        )
        try:
            validate(operation.input, params)
            return HANDLERS[operation_name](self._state, request) or {}
        except WireError as error:
            raise ValueError(error.message) from error


def _statuses(creation: str) -> tuple[str, ...]:
    """Return the statuses of the resource that an operation creates."""
    get = load().operations.get(re.sub("^(Create|Start)", "Get", creation))
    if get is None or get.output is None:
        return _EXPORT_STATUSES
    status = get.output.members.get("status")
    return ("ACTIVE",) if status is None else status.enum
