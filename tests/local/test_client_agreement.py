"""boto3, an independent client, and our client return the same data."""

from collections.abc import Callable
from typing import Any

import pytest

import cleanroomsml_client as ml
from cleanroomsml_client._codec import encode
from cleanroomsml_client._models import wire_name
from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

TAGS = {"team": "ads"}
Setup = Callable[[LocalService], list[tuple[str, dict[str, str]]]]


def lookalike_models(service: LocalService) -> list[tuple[str, dict[str, str]]]:
    """Add a resource of each lookalike family; return the calls that read them."""
    dataset = service.add_training_dataset(tags=TAGS, description="all of 2026")
    model = service.add_audience_model(training_dataset_arn=dataset, tags=TAGS)
    configured = service.add_configured_audience_model(audience_model_arn=model)
    job = service.add_audience_generation_job(configured_audience_model_arn=configured, tags=TAGS)
    failed = service.add_audience_model(status="CREATE_FAILED")
    service.add_audience_export_job(audience_generation_job_arn=job)
    return [
        ("get_training_dataset", {"training_dataset_arn": dataset}),
        ("get_audience_model", {"audience_model_arn": model}),
        ("get_audience_model", {"audience_model_arn": failed}),
        ("get_configured_audience_model", {"configured_audience_model_arn": configured}),
        ("get_audience_generation_job", {"audience_generation_job_arn": job}),
        ("list_training_datasets", {}),
        ("list_audience_models", {}),
        ("list_configured_audience_models", {}),
        ("list_audience_generation_jobs", {}),
        ("list_audience_export_jobs", {"audience_generation_job_arn": job}),
        ("list_tags_for_resource", {"resource_arn": job}),
    ]


def custom_models(service: LocalService) -> list[tuple[str, dict[str, str]]]:
    """Add a resource of each custom-model family; return the calls that read them, of member and collaboration."""
    membership = service.add_membership()
    member = {"membership_identifier": membership}
    collaboration = {"collaboration_identifier": service.collaboration_of(membership)}
    algorithm = service.add_configured_model_algorithm(tags=TAGS)
    association_arn = service.add_configured_model_algorithm_association(
        membership_identifier=membership, configured_model_algorithm_arn=algorithm
    )
    channel = service.add_ml_input_channel(membership_identifier=membership)
    model = service.add_trained_model(membership_identifier=membership)
    job = service.add_trained_model_inference_job(membership_identifier=membership)
    association, ml_channel = (
        {"configured_model_algorithm_association_arn": association_arn},
        {"ml_input_channel_arn": channel},
    )
    trained = {"trained_model_arn": model}
    return [
        ("get_configured_model_algorithm", {"configured_model_algorithm_arn": algorithm}),
        ("get_configured_model_algorithm_association", member | association),
        ("get_ml_input_channel", member | ml_channel),
        ("get_trained_model", member | trained),
        ("get_trained_model_inference_job", member | {"trained_model_inference_job_arn": job}),
        ("get_collaboration_configured_model_algorithm_association", collaboration | association),
        ("get_collaboration_ml_input_channel", collaboration | ml_channel),
        ("get_collaboration_trained_model", collaboration | trained),
        ("list_configured_model_algorithms", {}),
        ("list_configured_model_algorithm_associations", member),
        ("list_ml_input_channels", member),
        ("list_trained_models", member),
        ("list_trained_model_versions", member | trained),
        ("list_trained_model_inference_jobs", member),
        ("list_collaboration_configured_model_algorithm_associations", collaboration),
        ("list_collaboration_ml_input_channels", collaboration),
        ("list_collaboration_trained_models", collaboration),
        ("list_collaboration_trained_model_inference_jobs", collaboration),
        ("list_collaboration_trained_model_export_jobs", collaboration | trained),
    ]


@pytest.mark.parametrize("setup", [lookalike_models, custom_models])
async def test_clients_agree(setup: Setup, service: LocalService, boto: Boto) -> None:
    """Our client reads all members of a resource that boto3 reads, and no others."""
    face: Any = ml
    async with service.connect() as client:
        for operation, identity in setup(service):
            theirs: Any = await boto(operation, **{wire_name(name): value for name, value in identity.items()})
            if operation.startswith("list") and operation != "list_tags_for_resource":
                ours: Any = [encode(item) async for item in getattr(face, operation)(client, **identity)]
                [theirs] = theirs.values()
            else:
                ours = encode(await getattr(face, operation)(client, **identity))
                theirs = theirs.get("tags", theirs) if operation == "list_tags_for_resource" else theirs
            assert ours == theirs, operation
