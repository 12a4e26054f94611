"""In which functions our calls spend their time: `python -m benchmarks.profiling`.

The profiler makes each function call more expensive, most of all small ones: compare counts first.
"""

import argparse
import asyncio
import cProfile
import os
import pstats

from .competitors import COMPETITORS, OURS, load
from .processes import ENVIRONMENT, Stub
from .workloads import WORK


async def _profile(competitor_name: str, url: str, work_name: str, calls: int) -> cProfile.Profile:
    work = WORK[work_name]
    profile = cProfile.Profile()
    async with load(competitor_name, url) as competitor:
        await work.do(competitor)
        profile.enable()
        for _ in range(calls):
            await work.do(competitor)
        profile.disable()
    return profile


def main() -> None:
    """Profile what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiling", description=__doc__)
    parser.add_argument("work", nargs="*", default=["get", "page-100"], help=f"of {', '.join(WORK)} (get page-100)")
    parser.add_argument("--competitor", default=OURS, choices=COMPETITORS, help="whose calls (%(default)s)")
    parser.add_argument("--calls", type=int, default=200, help="how many (%(default)s)")
    parser.add_argument("--sort", default="tottime", help="a sort key of pstats (%(default)s)")
    parser.add_argument("--top", type=int, default=30, help="how many functions to show (%(default)s)")
    options = parser.parse_args()
    os.environ |= ENVIRONMENT
    with Stub() as stub:
        for name in options.work:
            print(f"\n{options.competitor}: {WORK[name].title}, {options.calls} times\n")
            profile = asyncio.run(_profile(options.competitor, stub.url, name, options.calls))
            pstats.Stats(profile).strip_dirs().sort_stats(options.sort).print_stats(options.top)


if __name__ == "__main__":
    main()
