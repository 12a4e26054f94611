"""Builders of memberships, and of the resources of custom models in them."""

from collections.abc import Collection

from .builders import DEFAULT_ACCOUNT, Builders
from .service_model import Wire

_IMAGES = "111122223333.dkr.ecr.us-east-1.amazonaws.com/clean-rooms-ml"
_DESTINATION = {"s3Destination": {"s3Uri": "s3://clean-rooms/output"}}


class CustomModelBuilders(Builders):
    """Adds memberships and the resources of custom models, too, without a request."""

    def add_membership(
        self,
        *,
        account_id: str = DEFAULT_ACCOUNT,
        collaboration_identifier: str | None = None,
        abilities: Collection[str] | None = None,
    ) -> str:
        """Add the membership of an account in a collaboration.

        Args:
            account_id: The account, 12 digits.
            collaboration_identifier: The collaboration of an earlier membership. None: a new collaboration.
            abilities: What the member can do: `CAN_QUERY` (create channels, train, start inference),
                `CAN_RECEIVE_MODEL_OUTPUT`, `CAN_RECEIVE_INFERENCE_OUTPUT`. None: all of them.

        Returns:
            The membership identifier, a UUID.

        Raises:
            TypeError: `abilities` is text.
            ValueError: There is no such collaboration or ability, or the account is a member already.
        """
        return self._state.memberships.add(account_id, collaboration_identifier, abilities).identifier

    def collaboration_of(self, membership_identifier: str) -> str:
        """Return the collaboration of a membership.

        Args:
            membership_identifier: What `add_membership` returned.

        Returns:
            The collaboration identifier, a UUID.

        Raises:
            ValueError: There is no such membership.
        """
        return self._state.memberships.require(membership_identifier).collaboration

    def add_configured_model_algorithm(self, *, account_id: str = DEFAULT_ACCOUNT, **members: object) -> str:
        """Add a configured model algorithm for training and inference.

        Args:
            account_id: The account that owns it, 12 digits.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request.
        """
        defaults = {
            "name": "algorithm",
            "role_arn": _role(account_id),
            "training_container_config": {
                "imageUri": f"{_IMAGES}:training",
                "metricDefinitions": [{"name": "loss", "regex": "loss=([0-9.]+)"}],
            },
            "inference_container_config": {"imageUri": f"{_IMAGES}:inference"},
        }
        return self._add("CreateConfiguredModelAlgorithm", {**defaults, **members}, account=account_id)

    def add_configured_model_algorithm_association(
        self,
        *,
        membership_identifier: str | None = None,
        configured_model_algorithm_arn: str | None = None,
        **members: object,
    ) -> str:
        """Add an association whose privacy configuration allows everything.

        Args:
            membership_identifier: The membership to act for. None: the one that the given ARNs name, else a new one.
            configured_model_algorithm_arn: The algorithm to associate. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request.
        """
        membership = membership_identifier or self.add_membership()
        account = self._account_of(membership)
        logs = [{"allowedAccountIds": [account]}]
        policies = {
            "trainedModels": {"containerLogs": logs, "containerMetrics": {"noiseLevel": "NONE"}},
            "trainedModelExports": {"maxSize": {"unit": "GB", "value": 1.0}, "filesToExport": ["MODEL", "OUTPUT"]},
            "trainedModelInferenceJobs": {"containerLogs": logs},
        }
        defaults = {
            "membership_identifier": membership,
            "name": "association",
            "configured_model_algorithm_arn": configured_model_algorithm_arn
            or self.add_configured_model_algorithm(account_id=account),
            "privacy_configuration": {"policies": policies},
        }
        return self._add("CreateConfiguredModelAlgorithmAssociation", {**defaults, **members}, account=account)

    def add_ml_input_channel(
        self,
        *,
        status: str = "ACTIVE",
        membership_identifier: str | None = None,
        configured_model_algorithm_association_arn: str | None = None,
        **members: object,
    ) -> str:
        """Add an ML input channel.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            membership_identifier: The membership to act for. None: the one that the given ARNs name, else a new one.
            configured_model_algorithm_association_arn: An association to use. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        association = configured_model_algorithm_association_arn or self.add_configured_model_algorithm_association(
            membership_identifier=membership_identifier
        )
        membership = membership_identifier or _membership_in(association)
        account = self._account_of(membership)
        sql = {"sqlParameters": {"queryString": "SELECT * FROM interactions"}}
        defaults = {
            "membership_identifier": membership,
            "name": "channel",
            "configured_model_algorithm_associations": [association],
            "input_channel": {
                "dataSource": {"protectedQueryInputParameters": sql},
                "roleArn": _role(account),
            },
            "retention_in_days": 30,
        }
        return self._add("CreateMLInputChannel", {**defaults, **members}, status, account)

    def add_trained_model(
        self,
        *,
        status: str = "ACTIVE",
        membership_identifier: str | None = None,
        configured_model_algorithm_association_arn: str | None = None,
        **members: object,
    ) -> str:
        """Add a trained model, and a new channel if no `data_channels` are given.

        With `incremental_training_data_channels` it is the next version of the model that these name.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            membership_identifier: The membership to act for. None: the one that the given ARNs name, else a new one.
            configured_model_algorithm_association_arn: An association to use. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN, which all versions of a model share.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        association = configured_model_algorithm_association_arn or self.add_configured_model_algorithm_association(
            membership_identifier=membership_identifier
        )
        membership = membership_identifier or _membership_in(association)
        defaults: dict[str, Wire] = {
            "membership_identifier": membership,
            "name": "model",
            "configured_model_algorithm_association_arn": association,
            "resource_config": {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10},
        }
        if "data_channels" not in members:
            channel = self.add_ml_input_channel(
                membership_identifier=membership, configured_model_algorithm_association_arn=association
            )
            defaults["data_channels"] = [{"mlInputChannelArn": channel, "channelName": "training"}]
        return self._add("CreateTrainedModel", {**defaults, **members}, status, self._account_of(membership))

    def add_trained_model_inference_job(
        self,
        *,
        status: str = "ACTIVE",
        membership_identifier: str | None = None,
        trained_model_arn: str | None = None,
        configured_model_algorithm_association_arn: str | None = None,
        **members: object,
    ) -> str:
        """Add an inference job, whose output the account of the membership receives.

        The membership gets an ML configuration if it has none, and a new channel if no `data_source` is given.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            membership_identifier: The membership to act for. None: the one that the given ARNs name, else a new one.
            trained_model_arn: The trained model to apply. None: a new one.
            configured_model_algorithm_association_arn: The association to use. None: that of the latest version.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        model = trained_model_arn or self.add_trained_model(membership_identifier=membership_identifier)
        membership = membership_identifier or _membership_in(model)
        account = self._account_of(membership)
        self._configure_output(membership, account)
        defaults: dict[str, Wire] = {
            "membership_identifier": membership,
            "name": "inference",
            "trained_model_arn": model,
            "resource_config": {"instanceType": "ml.m5.xlarge"},
            "output_configuration": {"members": [{"accountId": account}]},
        }
        if configured_model_algorithm_association_arn is None:
            view = {"collaboration_identifier": self.collaboration_of(membership), "trained_model_arn": model}
            trained = self._run("GetCollaborationTrainedModel", view, account)
            association = trained["configuredModelAlgorithmAssociationArn"]
        else:
            association = configured_model_algorithm_association_arn
        defaults["configured_model_algorithm_association_arn"] = association
        if "data_source" not in members:
            channel = self.add_ml_input_channel(
                membership_identifier=membership, configured_model_algorithm_association_arn=association
            )
            defaults["data_source"] = {"mlInputChannelArn": channel}
        return self._add("StartTrainedModelInferenceJob", {**defaults, **members}, status, account)

    def add_trained_model_export_job(
        self,
        *,
        status: str = "ACTIVE",
        membership_identifier: str | None = None,
        trained_model_arn: str | None = None,
        **members: object,
    ) -> str:
        """Add a trained model export job, whose output the account of the membership receives.

        The membership gets an ML configuration if it has none.

        Args:
            status: The status that it has; from one that passes, such as `CREATE_PENDING`, it continues as usual.
            membership_identifier: The membership to act for. None: the one that the given ARNs name, else a new one.
            trained_model_arn: The trained model to export. None: a new one.
            **members: Further members of the create operation, by their Python names, such as `description`.

        Returns:
            The name: an export job has no ARN.

        Raises:
            TypeError: The operation has no such member.
            ValueError: The service would refuse the request, or there is no such status.
        """
        model = trained_model_arn or self.add_trained_model(membership_identifier=membership_identifier)
        membership = membership_identifier or _membership_in(model)
        account = self._account_of(membership)
        self._configure_output(membership, account)
        defaults: dict[str, Wire] = {
            "membership_identifier": membership,
            "name": "export",
            "trained_model_arn": model,
            "output_configuration": {"members": [{"accountId": account}]},
        }
        return self._add("StartTrainedModelExportJob", {**defaults, **members}, status, account)

    def _configure_output(self, membership: str, account: str) -> None:
        try:
            self._run("GetMLConfiguration", {"membership_identifier": membership}, account)
        except ValueError:
            location = {"destination": _DESTINATION, "roleArn": _role(account)}
            members = {"membership_identifier": membership, "default_output_location": location}
            self._run("PutMLConfiguration", members, account)

    def _account_of(self, membership_identifier: str) -> str:
        return self._state.memberships.require(membership_identifier).account


def _role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/clean-rooms-ml"


def _membership_in(arn: str) -> str:
    return arn.split("/")[1]
