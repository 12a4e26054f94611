"""Every settled status ends every wait: none of them is waited for without an end."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from cleanroomsml_client import OpenEnum, resources
from cleanroomsml_client._waiting import Goal


def _goals() -> dict[str, tuple[Goal, type[OpenEnum]]]:
    found: dict[str, tuple[Goal, type[OpenEnum]]] = {}
    for info in iter_modules(resources.__path__):
        module = import_module(f"{resources.__name__}.{info.name}")
        for name, value in vars(module).items():
            if isinstance(value, Goal):
                status: Any = type(next(iter(value.failure)))
                found[f"{info.name}{name.lower()}"] = value, status
    return found


GOALS = _goals()


def test_goals_are_found() -> None:
    """The waits for creation, deletion and cancellation are checked."""
    assert len(GOALS) >= 12
    assert sum("deleted" in name for name in GOALS) == 4
    assert sum("cancelled" in name for name in GOALS) == 2


@pytest.mark.parametrize("name", GOALS)
def test_every_settled_status_ends_a_wait(name: str) -> None:
    """A status that is not pending, nor ACTIVE before a deletion, is a success or a failure."""
    goal, statuses = GOALS[name]
    pending = {status for status in statuses if status.endswith(("_PENDING", "_IN_PROGRESS"))}
    before = {statuses("ACTIVE")} if "deleted" in name else set[OpenEnum]()
    assert set(statuses) - pending - before <= goal.success | goal.failure
    assert not goal.success & goal.failure
