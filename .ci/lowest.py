"""Print the lowest version of each run-time dependency that pyproject.toml allows, as pip constraints."""

import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"

for requirement in tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]:
    name, lowest = requirement.split(">=")
    print(f"{name}=={lowest}")
