"""The lookalike path, from training data to an exported audience: on the local service, or with --real on AWS."""

import argparse
import asyncio
import sys
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

import cleanroomsml_client as ml
from cleanroomsml_client.local import LocalService

OPTIONS = {
    "--role": ("arn:aws:iam::111122223333:role/demo", "ARN of a role that may read the data and write the audience"),
    "--table": ("demo.interactions", "DATABASE.TABLE in AWS Glue, with the columns user_id, item_id and seen_at"),
    "--seed": ("s3://demo/seed.jsonl", "S3 object with the users to find lookalikes of"),
    "--output": ("s3://demo/audiences", "S3 folder where the audience goes"),
}
SIZES = (1, 5, 10, 15, 20)  # audience sizes to choose from, in percent of the users in the training data
COLUMNS = {"user_id": ml.ColumnType.USER_ID, "item_id": ml.ColumnType.ITEM_ID, "seen_at": ml.ColumnType.TIMESTAMP}
Step = Callable[..., Awaitable[None]]
Made = dict[str, tuple[Step, Step | None]]  # by ARN: the function that deletes it and, if that takes time, the wait
Resource = ml.AudienceModel | ml.AudienceGenerationJob | ml.AudienceExportJobSummary


async def lookalike(client: ml.Client, made: Made, polling: ml.Polling, options: argparse.Namespace) -> None:
    """Train a model, generate an audience, print its quality and export one size."""
    name = f"lookalike-{uuid.uuid4().hex[:8]}"
    # The table that records who did what, and when.
    database, _, table = options.table.partition(".")
    interactions = ml.Dataset.from_glue(database, table, COLUMNS)
    with creating("training-datasets", name):
        dataset = await ml.create_training_dataset(
            client, name=name, role_arn=options.role, training_data=[interactions]
        )
    made[dataset] = ml.delete_training_dataset, None

    # Train a model on it; on AWS this takes hours.
    with creating("audience-models", name):
        model = await ml.create_audience_model(client, name=name, training_dataset_arn=dataset)
    made[model] = ml.delete_audience_model, ml.wait_for_audience_model_deleted
    async with progress("Training the audience model") as show:
        await ml.wait_for_audience_model(client, model, polling=polling, on_change=show)

    # Configure which audiences others may generate with it, and where these are stored.
    sizes = ml.AudienceSizeConfig(audience_size_type=ml.AudienceSizeType.PERCENTAGE, audience_size_bins=SIZES)
    with creating("configured-audience-models", name):
        config = await ml.create_configured_audience_model(
            client,
            name=name,
            audience_model_arn=model,
            output_config=ml.ConfiguredAudienceModelOutputConfig.to_s3(options.output, role_arn=options.role),
            shared_audience_metrics=[ml.SharedAudienceMetrics.ALL],
            audience_size_config=sizes,
        )
    made[config] = ml.delete_configured_audience_model, None

    # Find the users most similar to those of the seed. A watch is a wait that yields each change of status.
    seed = ml.AudienceGenerationJobDataSource.from_s3(options.seed, role_arn=options.role)
    with creating("audience-generation-jobs", name):
        job = await ml.start_audience_generation_job(
            client, name=name, configured_audience_model_arn=config, seed_audience=seed
        )
    made[job] = ml.delete_audience_generation_job, ml.wait_for_audience_generation_job_deleted
    async with progress("Generating the audience") as show:
        async for change in ml.watch_audience_generation_job(client, job, polling=polling):
            show(change)

    # The larger the audience, the less similar. Export the chosen size.
    size = pick((await ml.get_audience_generation_job(client, job)).metrics)
    await ml.start_audience_export_job(client, name=name, audience_generation_job_arn=job, audience_size=size)
    async with progress(f"\nExporting {size.value} %") as show:
        export = await ml.wait_for_audience_export_job(client, job, name, polling=polling, on_change=show)
    print(f"  in {export.output_location}")


def pick(metrics: ml.Metrics | None) -> ml.AudienceSize:
    """Print relevance by size; return the largest size that is at least three quarters as relevant as the best."""
    if metrics is None or not metrics.relevance_metrics:
        raise SystemExit("The owner of the audience model does not share its metrics.")
    scores = {metric.audience_size: metric.score or 0.0 for metric in metrics.relevance_metrics}
    best = max(scores.values())
    choice = max((size for size, score in scores.items() if score >= 0.75 * best), key=lambda size: size.value)
    print(f"\n  Recall {metrics.recall_metric or 0:.2f}\n  Size   Relevance")
    for size, score in sorted(scores.items(), key=lambda item: item[0].value):
        bar = "█" * round(30 * score / best)
        print(f"  {size.value:3} %  {bar:30} {score:.2f}{'  <- exported' if size == choice else ''}")
    return choice


async def run(client: ml.Client, polling: ml.Polling, options: argparse.Namespace) -> None:
    """Run the lookalike path and clean up; if it fails, print what is left behind."""
    made: Made = {}
    try:
        await lookalike(client, made, polling, options)
        print("Cleaning up")
        # The newest first, because it uses the older ones.
        for arn, (delete, wait_deleted) in reversed(list(made.items())):
            await delete(client, arn)
            if wait_deleted is not None:
                await wait_deleted(client, arn, polling=polling)
            del made[arn]
            print(f"  removed {arn.split(':')[-1]}")
    finally:
        for arn in reversed(made):
            print(f"Left behind: {arn}", file=sys.stderr)


@contextmanager
def creating(family: str, name: str) -> Generator[None]:
    """If a create fails and may nevertheless have been executed, print the command that finds what it created."""
    try:
        yield
    except BaseException as error:  # a cancellation says nothing about the request either
        if not isinstance(error, ml.CleanRoomsMLError) or error.may_have_executed:
            print(f"Possibly left behind: cleanroomsml list {family} | grep {name}", file=sys.stderr)
        raise


@asynccontextmanager
async def progress(title: str) -> AsyncGenerator[Callable[[Resource], None]]:
    """Yield a function that prints each change of status with its time; on a terminal, show the time in between."""
    started = time.monotonic()
    print(title)

    def show(resource: Resource) -> None:
        print(f"\r  {time.monotonic() - started:5.1f} s  {resource.status}")

    async def spin() -> None:
        while sys.stdout.isatty():
            print(f"\r  {time.monotonic() - started:5.1f} s  ...", end="", flush=True)
            await asyncio.sleep(0.1)

    spinner = asyncio.create_task(spin())
    try:
        yield show
    finally:
        spinner.cancel()


async def main(options: argparse.Namespace) -> None:
    """Run it on AWS or on the local service."""
    if options.real:
        async with ml.connect() as client:
            await run(client, ml.Polling(), options)
    else:
        async with LocalService() as service, service.connect() as client:
            await run(client, ml.Polling(initial=0.1, maximum=0.2), options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The lookalike path from training data to an exported audience.")
    parser.add_argument("--real", action="store_true", help="use AWS, with your usual configuration")
    for option, (example, meaning) in OPTIONS.items():
        parser.add_argument(option, required="--real" in sys.argv, default=example, help=meaning)
    try:
        asyncio.run(main(parser.parse_args()))
    except ml.CleanRoomsMLError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
