"""Ceilings for the work of our calls: how many functions of this package each piece of work calls.

Functions of botocore and other dependencies are not counted, so that another release of them does not fail a test here.
The numbers do not depend on the machine. A ceiling is what was counted and a little more, because versions of Python
differ: 3.11 counts some comprehensions that later versions do not, and 3.14 counts annotations.
`python -m benchmarks.call_counts` prints the figures, and those of raw aiobotocore to compare them with.
"""

import asyncio

import attrs
import pytest

from benchmarks.call_counts import Counts, count_own
from benchmarks.processes import ENVIRONMENT

pytestmark = pytest.mark.slow

CEILINGS = {"get": 61, "error": 87, "create": 120, "connect": 101, "imported": 255}
PAGE_OF_100 = 168
ITEM = 1


@pytest.fixture(scope="module")
def counted() -> Counts:
    """Return our counts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        return asyncio.run(count_own())


@pytest.mark.parametrize("work", CEILINGS)
def test_work_stays_cheap(work: str, counted: Counts) -> None:
    """A get, an error, a create, connecting and importing call at most this many functions of this package."""
    assert 0 < getattr(counted, work) <= CEILINGS[work]


def test_a_page_stays_cheap(counted: Counts) -> None:
    """A page of 100 items calls at most this many functions, and one more item at most one more."""
    assert counted.pages[0] <= PAGE_OF_100
    assert counted.item <= ITEM


def test_the_work_for_a_page_is_linear(counted: Counts) -> None:
    """The second hundred items on a page take as many function calls as the third hundred."""
    first, second, third = counted.pages
    assert third - second == second - first


def test_counting_is_exact(counted: Counts) -> None:
    """The same call, counted again, makes the same number of function calls."""
    again = asyncio.run(count_own())
    # Connecting fills caches, and the order of sets changes what an import does: these two are not repeatable.
    first, second = (attrs.evolve(one, connect=0, imported=0) for one in (counted, again))
    assert first == second
