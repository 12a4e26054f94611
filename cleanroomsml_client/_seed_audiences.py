"""Writes and checks the file of a seed audience: JSON lines, each an object with a `user_id`."""

import json
from collections.abc import Iterable
from typing import Any, TextIO, cast

import attrs

from ._models import kind_of

__all__ = ["SeedAudienceReport", "check_seed_audience", "write_seed_audience"]

_MINIMUM, _MAXIMUM = 25, 500_000


@attrs.frozen(kw_only=True)
class SeedAudienceReport:
    """What `check_seed_audience` found in a file."""

    __module__ = "cleanroomsml_client"

    users: int
    """How many distinct users the file has."""
    duplicates: int
    """How many lines repeat a user of an earlier line."""
    bad_lines: tuple[tuple[int, str], ...]
    """The number of each line that cannot be used, counted from 1, and why; never its content."""
    minimum: int
    """How many users the job needs."""

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each reason to correct the file; empty if it can be used. Duplicates are not one."""
        problems = [f"line {number}: {problem}" for number, problem in self.bad_lines]
        if self.users < self.minimum:
            problems.append(f"{self.users} users, but at least {self.minimum} are needed")
        if self.users > _MAXIMUM:
            problems.append(f"{self.users} users, but at most {_MAXIMUM} are allowed")
        return tuple(problems)


def write_seed_audience(ids: Iterable[str | int], file: TextIO) -> int:
    """Write the users of a seed audience to a text stream, one JSON object a line. A repeated id is written once.

    The file goes to Amazon S3, and its URI into `AudienceGenerationJobDataSource.from_s3`.

    Args:
        ids: The ids of the users, as in the training data; AWS accepts 25-500,000 of them.
        file: A text stream in UTF-8, such as `open("seed.jsonl", "w", encoding="utf-8")`.

    Returns:
        How many users were written.

    Raises:
        TypeError: `ids` is one text, or an id is neither text nor an integer.
        ValueError: An id is empty.
    """
    if isinstance(ids, str | bytes):
        raise TypeError(f"ids: an iterable of user ids expected, not {kind_of(ids)}; write [...]")
    written: set[str | int] = set()
    for position, user in enumerate(ids):
        if (problem := _problem_of(user)) is not None:
            error = ValueError if user == "" else TypeError
            raise error(f"ids[{position}]: {problem}")
        if user not in written:
            written.add(user)
            file.write(json.dumps({"user_id": user}) + "\n")
    return len(written)


def check_seed_audience(file: Iterable[str], *, minimum: int = _MINIMUM) -> SeedAudienceReport:
    """Read the file of a seed audience, and report what AWS would refuse or ignore.

    Args:
        file: A text stream, or its lines, such as `open("seed.jsonl", encoding="utf-8")`.
        minimum: The `min_matching_seed_size` of the configured audience model; at least 25.

    Returns:
        The report; its `problems` are empty if the file can be used. Whether the users are in the training data, only
        AWS knows.

    Raises:
        TypeError: The stream is binary.
    """
    users: set[str | int] = set()
    duplicates = 0
    bad_lines: list[tuple[int, str]] = []
    for number, line in enumerate(file, 1):
        if not isinstance(cast("object", line), str):
            raise TypeError(f"file: a text stream expected, not lines of {kind_of(line)}; open it without `b`")
        user, problem = _read(line)
        if problem is not None:
            bad_lines.append((number, problem))
        elif user in users:
            duplicates += 1
        else:
            users.add(user)
    return SeedAudienceReport(
        users=len(users), duplicates=duplicates, bad_lines=tuple(bad_lines), minimum=max(minimum, _MINIMUM)
    )


def _read(line: str) -> tuple[str | int, str | None]:
    """Return the user of a line, and the problem of the line or None."""
    try:
        document: Any = json.loads(line)
    except (ValueError, RecursionError):
        return "", "empty" if not line.strip() else "not JSON"
    if not isinstance(document, dict):
        return "", "not an object"
    members = cast("dict[str, Any]", document)
    if "user_id" not in members:
        return "", "no user_id"
    user: Any = members["user_id"]
    return user, _problem_of(user)


def _problem_of(user: object) -> str | None:
    if user == "":
        return "user_id is empty"
    if not isinstance(user, str | int) or isinstance(user, bool):
        return f"user_id must be text or an integer, not {kind_of(user)}"
    return None
