"""The custom-model path, from an algorithm to its inferences: on the local service, or with --real on AWS."""

import argparse
import asyncio
import sys
import uuid
from collections.abc import Awaitable, Callable

import cleanroomsml_client as ml
from cleanroomsml_client.local import LocalService

OPTIONS = {
    "--membership": ("", "identifier of your membership in the collaboration; the local service makes one"),
    "--role": ("arn:aws:iam::111122223333:role/demo", "ARN of your role that may run the queries and write the output"),
    "--image": ("111122223333.dkr.ecr.us-east-1.amazonaws.com/demo", "container image that trains and infers"),
    "--query": ("SELECT * FROM past_visits", "SQL for the data to train with"),
    "--new-query": ("SELECT * FROM new_visits", "SQL for the data to infer from"),
    "--output": ("s3://demo/models", "S3 folder where your output goes, from now on"),
}
Step = Callable[..., Awaitable[object]]
Remnant = tuple[Step, Step | None, tuple[str, ...]]  # how to remove it, how to wait if that takes time, its identity


async def custom_model(client: ml.Client, name: str, polling: ml.Polling, options: argparse.Namespace) -> None:
    """Train a model with your own algorithm on the collaboration's data, and make inferences with it."""
    member: str = options.membership
    location = ml.MLOutputConfiguration.to_s3(options.output, role_arn=options.role)
    await ml.put_ml_configuration(client, member, default_output_location=location)  # a setting, which the run keeps

    # The algorithm is yours alone; its association lets the collaboration use it.
    train, infer = ml.ContainerConfig(image_uri=options.image), ml.InferenceContainerConfig(image_uri=options.image)
    algorithm = await ml.create_configured_model_algorithm(
        client, name=name, role_arn=options.role, training_container_config=train, inference_container_config=infer
    )
    association = await ml.create_configured_model_algorithm_association(
        client, member, configured_model_algorithm_arn=algorithm, name=name
    )

    async def fill(suffix: str, query: str) -> str:
        channel = await ml.create_ml_input_channel(
            client,
            member,
            configured_model_algorithm_associations=[association],
            input_channel=ml.InputChannel.from_sql(query, role_arn=options.role),
            name=f"{name}-{suffix}",
            retention_in_days=1,
        )
        await ml.wait_for_ml_input_channel(client, member, channel, polling=polling, on_change=show)
        return channel

    # Both queries run at the same time; if one fails, the wait for the other is cancelled.
    async with asyncio.TaskGroup() as group:
        past = group.create_task(fill("past", options.query))
        new = group.create_task(fill("new", options.new_query))

    model = await ml.create_trained_model(
        client,
        member,
        name=name,
        configured_model_algorithm_association_arn=association,
        resource_config=ml.ResourceConfig(instance_type=ml.InstanceType.ML_M5_XLARGE, volume_size_in_gb=10),
        data_channels=[ml.ModelTrainingDataChannel(ml_input_channel_arn=past.result(), channel_name="past")],
    )
    await ml.wait_for_trained_model(client, member, model.trained_model_arn, polling=polling, on_change=show)
    receiver = ml.InferenceReceiverMember(account_id=options.role.split(":")[4])
    job = await ml.start_trained_model_inference_job(
        client,
        member,
        name=f"{name}-job",
        trained_model_arn=model.trained_model_arn,
        resource_config=ml.InferenceResourceConfig(instance_type=ml.InferenceInstanceType.ML_M5_XLARGE),
        output_configuration=ml.InferenceOutputConfiguration(members=[receiver]),
        data_source=ml.ModelInferenceDataSource(ml_input_channel_arn=new.result()),
    )
    await ml.wait_for_trained_model_inference_job(client, member, job, polling=polling, on_change=show)


def show(resource: ml.MLInputChannel | ml.TrainedModel | ml.TrainedModelInferenceJob) -> None:
    """Print a line for each change of status."""
    print(f"  {resource.name:20} {resource.status}")


async def remnants(client: ml.Client, member: str, name: str) -> list[Remnant]:
    """Return what the run of this name created, in the order of removal: a resource before those that it uses."""
    found: list[Remnant] = []
    async for job in ml.list_trained_model_inference_jobs(client, member):
        if job.name.startswith(name) and job.status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
            stopped = ml.wait_for_trained_model_inference_job_cancelled
            found += [(ml.cancel_trained_model_inference_job, stopped, (member, job.trained_model_inference_job_arn))]
    async for model in ml.list_trained_models(client, member):
        if model.name == name and model.status != "INACTIVE":
            deleted = ml.wait_for_trained_model_output_deleted
            found += [(ml.delete_trained_model_output, deleted, (member, model.trained_model_arn))]
    async for channel in ml.list_ml_input_channels(client, member):
        if channel.name.startswith(name) and channel.status != "INACTIVE":
            emptied = ml.wait_for_ml_input_channel_data_deleted
            found += [(ml.delete_ml_input_channel_data, emptied, (member, channel.ml_input_channel_arn))]
    async for link in ml.list_configured_model_algorithm_associations(client, member):
        if link.name == name:
            identity = member, link.configured_model_algorithm_association_arn
            found += [(ml.delete_configured_model_algorithm_association, None, identity)]
    own = [item async for item in ml.list_configured_model_algorithms(client) if item.name == name]
    found += [(ml.delete_configured_model_algorithm, None, (item.configured_model_algorithm_arn,)) for item in own]
    return found


async def run(client: ml.Client, polling: ml.Polling, options: argparse.Namespace) -> None:
    """Run the path and clean up; if it fails, print what is left behind."""
    name = f"model-{uuid.uuid4().hex[:8]}"
    try:
        await custom_model(client, name, polling, options)
        for remove, wait_removed, identity in await remnants(client, options.membership, name):
            await remove(client, *identity)
            if wait_removed is not None:
                await wait_removed(client, *identity, polling=polling)
            print(f"  removed {identity[-1].split(':')[-1]}")
    except BaseException:
        # The search also finds what was created if the response to a create was lost. In an outage, it fails, too.
        print(f"The name of everything that this run creates starts with {name}", file=sys.stderr)
        for _, _, identity in await remnants(client, options.membership, name):
            print(f"Left behind: {identity[-1]}", file=sys.stderr)
        raise


async def main(options: argparse.Namespace) -> None:
    """Run it on AWS or on the local service. Every wait has a timeout."""
    if options.real:
        async with ml.connect() as client:
            await run(client, ml.Polling(timeout=24 * 3600), options)
    else:
        async with LocalService() as service, service.connect() as client:
            options.membership = service.add_membership()
            await run(client, ml.Polling(initial=0.1, maximum=0.2, timeout=60), options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="use AWS, with your usual configuration")
    for option, (example, meaning) in OPTIONS.items():
        parser.add_argument(option, required="--real" in sys.argv, default=example, help=meaning)
    code: int | str = 0
    try:
        asyncio.run(main(parser.parse_args()))
    except* ml.CleanRoomsMLError as failed:
        code = "\n".join(f"{type(error).__name__}: {error}" for error in failed.exceptions)
    except* KeyboardInterrupt:
        code = 130
    sys.exit(code)
