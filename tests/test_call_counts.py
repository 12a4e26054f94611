"""What our calls may cost, in counted work: a guard that the noise of a machine cannot trip.

Python function calls are counted, ours as a share of raw aiobotocore's in the same process: shares hardly change with
the versions of Python and of what we use. A ceiling is what was counted and a little more. Work that is taken away
lowers it, work that is worth its price raises it; `python -m benchmarks.call_counts` prints what is to be written here.
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
    """Ours and raw aiobotocore's."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        return asyncio.run(counts())


def test_a_get_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A get calls fewer functions than raw aiobotocore's, by a known share."""
    ours, base = counted
    assert ours.get <= GET * base.get


def test_a_page_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A page of 100 calls a small share of the functions that raw aiobotocore calls."""
    ours, base = counted
    assert ours.pages[0] <= PAGE_OF_100 * base.pages[0]


def test_an_item_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """One more summary on a page costs a small share of what it costs raw aiobotocore."""
    ours, base = counted
    assert ours.item <= ITEM * base.item


def test_pages_grow_linearly(counted: tuple[Counts, Counts]) -> None:
    """The second hundred summaries on a page cost exactly what the third hundred cost."""
    ours, _ = counted
    first, second, third = ours.pages
    assert third - second == second - first


def test_an_error_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """An error answer is turned into our exception at a known price."""
    ours, base = counted
    assert ours.error <= ERROR * base.error


def test_a_create_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """Typed, nested input is written at a known price."""
    ours, base = counted
    assert ours.create <= CREATE * base.create


def test_connecting_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """A client is made with less work than raw aiobotocore's, which looks at every service that there is."""
    ours, base = counted
    assert ours.connect <= CONNECT * base.connect


def test_importing_stays_cheap(counted: tuple[Counts, Counts]) -> None:
    """What is imported beside aiobotocore is a small addition to it."""
    ours, base = counted
    assert ours.imported <= IMPORT * base.imported


def test_counting_is_exact(counted: tuple[Counts, Counts]) -> None:
    """A call, counted again, is the same: nothing in it depends on the machine or on the moment."""
    again = asyncio.run(counts())
    # Not so at a start: it fills caches, and an import may meet a set in another order.
    first, second = ([attrs.evolve(one, connect=0, imported=0) for one in both] for both in (counted, again))
    assert first == second
