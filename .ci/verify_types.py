"""Check with pyright that the public types are complete: `make types` and `make test-airflow` run it.

The types of cleanroomsml_client.airflow need Airflow: with --airflow only they are checked, otherwise all others. That
base classes of Airflow have untyped parts is not reported.
"""

import json
import subprocess
import sys
from typing import Any

_PACKAGE = "cleanroomsml_client"
_AIRFLOW = f"{_PACKAGE}.airflow"
_OF_AIRFLOW = ("Type of metaclass unknown", "Type of base class")


def _problems(symbol: dict[str, Any]) -> list[str]:
    messages = [each["message"] for each in symbol["diagnostics"] if each["severity"] == "error"]
    lines = [line.strip() for message in messages for line in message.splitlines()]
    return [line for line in lines if line and not line.startswith(_OF_AIRFLOW)]


def main() -> None:
    """Print each public symbol whose type is incomplete; fail if there is one, or if there are no symbols at all."""
    command = ["pyright", "--verifytypes", _PACKAGE, "--ignoreexternal", "--outputjson"]
    report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)  # noqa: S603
    is_wanted = "--airflow" in sys.argv
    symbols = [
        symbol
        for symbol in report["typeCompleteness"]["symbols"]
        if symbol["isExported"] and f"{symbol['name']}.".startswith(f"{_AIRFLOW}.") is is_wanted
    ]
    problems = [f"{symbol['name']}: {problem}" for symbol in symbols for problem in _problems(symbol)]
    print("\n".join([*problems, f"{len(symbols)} public symbols, {len(problems)} problems"]))
    sys.exit(bool(problems) or not symbols)


if __name__ == "__main__":
    main()
