"""A program for PyInstaller: .ci/nightly freezes and runs it."""

import asyncio
import sys

from cleanroomsml_client import blocking, connect, list_audience_models, to_dict, wait_for_audience_model
from cleanroomsml_client.local import LocalService


async def main() -> None:
    """Wait for a model, and list it."""
    async with LocalService() as service, service.connect() as client:
        arn = service.add_audience_model(name="frozen", status="CREATE_PENDING")
        model = await wait_for_audience_model(client, arn, timeout=60)
        print(to_dict(model)["name"], len(await list_audience_models(client).collect()))


asyncio.run(main())
with blocking(connect(region_name="us-east-1")):
    print("frozen:", getattr(sys, "frozen", False))
