"""The file of a seed audience: what is written, and what the report says about a file."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client import SeedAudienceReport, check_seed_audience, write_seed_audience


def _file(*lines: str) -> io.StringIO:
    return io.StringIO("".join(f"{line}\n" for line in lines))


def _users(number: int) -> list[str]:
    return [f'{{"user_id": "{each}"}}' for each in range(number)]


def test_each_user_is_a_line() -> None:
    """Each user is a JSON object on a line of its own, a repeated one only once."""
    file = io.StringIO()
    assert write_seed_audience(["a", 5, "ü\n", "a"], file) == 3
    assert file.getvalue() == '{"user_id": "a"}\n{"user_id": 5}\n{"user_id": "\\u00fc\\n"}\n'


@given(st.lists(st.text(min_size=1) | st.integers(), max_size=60))
def test_what_is_written_is_usable(ids: list[str | int]) -> None:
    """The report counts the users that were written, and finds no bad line and no duplicate."""
    file = io.StringIO()
    written = write_seed_audience(iter(ids), file)
    file.seek(0)
    report = check_seed_audience(file)
    assert report == SeedAudienceReport(users=written, duplicates=0, bad_lines=(), minimum=25)
    assert written == len(set(ids))
    assert bool(report.problems) is (written < 25)
    assert [json.loads(line)["user_id"] for line in file.getvalue().splitlines()] == list(dict.fromkeys(ids))


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [
        ("a,b", TypeError, "ids: an iterable of user ids expected, not str; write [...]"),
        (b"a", TypeError, "ids: an iterable of user ids expected, not bytes; write [...]"),
        (["a", None], TypeError, "ids[1]: user_id must be text or an integer, not None"),
        (["a", 1.0], TypeError, "ids[1]: user_id must be text or an integer, not float"),
        ([True], TypeError, "ids[0]: user_id must be text or an integer, not bool"),
        (["a", ""], ValueError, "ids[1]: user_id is empty"),
    ],
)
def test_what_cannot_be_written(ids: Any, error: type[Exception], message: str) -> None:
    """An id that is none is refused with its position."""
    with pytest.raises(error) as caught:
        write_seed_audience(ids, io.StringIO())
    assert str(caught.value) == message


def test_bad_lines_and_duplicates() -> None:
    """The report names each line that cannot be used, by number and without its content, and counts duplicates."""
    lines = _users(25)
    lines[3:3] = ["", "secret", "[1]", '{"id": "secret"}', '{"user_id": ""}', '{"user_id": null}', '{"user_id": [1]}']
    lines += [lines[0], lines[0], "[" * 100_000]
    report = check_seed_audience(_file(*lines))
    assert report == SeedAudienceReport(
        users=25,
        duplicates=2,
        bad_lines=(
            (4, "empty"),
            (5, "not JSON"),
            (6, "not an object"),
            (7, "no user_id"),
            (8, "user_id is empty"),
            (9, "user_id must be text or an integer, not None"),
            (10, "user_id must be text or an integer, not list"),
            (35, "not JSON"),
        ),
        minimum=25,
    )
    assert report.problems[:2] == ("line 4: empty", "line 5: not JSON")
    assert "secret" not in repr(report) + "".join(report.problems)


@pytest.mark.parametrize(
    ("users", "minimum", "problems"),
    [
        (25, 25, ()),
        (24, 25, ("24 users, but at least 25 are needed",)),
        (499, 500, ("499 users, but at least 500 are needed",)),
        (500, 500, ()),
        (24, 1, ("24 users, but at least 25 are needed",)),
        (0, 25, ("0 users, but at least 25 are needed",)),
        (500_000, 25, ()),
        (500_001, 25, ("500001 users, but at most 500000 are allowed",)),
    ],
)
def test_the_number_of_users(users: int, minimum: int, problems: tuple[str, ...]) -> None:
    """A file needs the minimum of the configured model, at least AWS's 25, and at most AWS's 500,000 users."""
    assert check_seed_audience(_users(users), minimum=minimum).problems == problems


def test_a_binary_stream_is_refused() -> None:
    """A stream of bytes is refused before anything is counted."""
    binary: Any = io.BytesIO(b'{"user_id": "a"}\n')
    with pytest.raises(TypeError) as caught:
        check_seed_audience(binary)
    assert str(caught.value) == "file: a text stream expected, not lines of bytes; open it without `b`"
