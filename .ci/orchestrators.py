"""Run each example of docs/examples/orchestrators on a local service: needs dagster, prefect and temporalio."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from cleanroomsml_client.local import LocalService

_EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "orchestrators"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
_QUIET = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}


async def _run(name: str) -> str:
    """Return the last line that an example prints."""
    async with LocalService(speed=600) as service:
        arguments = [service.endpoint_url, service.add_training_dataset()]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(_EXAMPLES / name),
            *arguments,
            env=os.environ | _CREDENTIALS | _QUIET,
            stdout=subprocess.PIPE,
        )
        output, _ = await process.communicate()
        models = len([request for request in service.requests if request.operation == "CreateAudienceModel"])
    return f"{output.decode().strip().rpartition(chr(10))[2]} {models}"


def main() -> None:
    """Fail if one does not end with its model ACTIVE, or creates more than one."""
    for name in ("dagster_assets.py", "prefect_flow.py", "temporal_worker.py"):
        result = asyncio.run(_run(name))
        print(f"{name}: {result}")
        if result != "ACTIVE 1":
            sys.exit(1)


if __name__ == "__main__":
    main()
