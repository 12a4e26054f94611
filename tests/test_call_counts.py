"""Ceilings for the work of our calls, as numbers of Python function calls, which do not depend on the machine.

A ceiling is a share of the function calls of raw aiobotocore in the same process: what was counted and a little more.
Work that is removed lowers it, work that is worth its cost raises it. `python -m benchmarks.call_counts` prints the
figures.
"""

import asyncio

import attrs
import pytest

from benchmarks.call_counts import Counts, counts
from benchmarks.processes import ENVIRONMENT

pytestmark = pytest.mark.slow

GET = 0.34
PAGE_OF_100 = 0.028
ITEM = 0.004
ERROR = 0.51
CREATE = 0.56
CONNECT = 0.65
IMPORT = 1.09


@pytest.fixture(scope="module")
def counted() -> tuple[Counts, Counts]:
    """Return our counts and those of raw aiobotocore."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        return asyncio.run(counts())


def test_a_get_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A get makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.get <= GET * base.get


def test_a_page_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A page of 100 items makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.pages[0] <= PAGE_OF_100 * base.pages[0]


def test_an_item_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """One more item on a page makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.item <= ITEM * base.item


def test_the_work_for_a_page_is_linear(counted: tuple[Counts, Counts]) -> None:
    """The second hundred items on a page take as many function calls as the third hundred."""
    ours, _ = counted
    first, second, third = ours.pages
    assert third - second == second - first


def test_an_error_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """An error response makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.error <= ERROR * base.error


def test_a_create_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A create with nested classes makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.create <= CREATE * base.create


def test_connecting_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """Connecting makes at most this share of the function calls of raw aiobotocore."""
    ours, base = counted
    assert ours.connect <= CONNECT * base.connect


def test_importing_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """Importing this package makes at most this share of the function calls of importing aiobotocore alone."""
    ours, base = counted
    assert ours.imported <= IMPORT * base.imported


def test_counting_is_exact(counted: tuple[Counts, Counts]) -> None:
    """The same call, counted again, makes the same number of function calls."""
    again = asyncio.run(counts())
    # Connecting fills caches, and the order of sets changes what an import does: these two are not repeatable.
    first, second = ([attrs.evolve(one, connect=0, imported=0) for one in both] for both in (counted, again))
    assert first == second
