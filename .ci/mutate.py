"""Break the engine in small ways, one at a time, and print those that no test notices: the survivors.

`make mutate` breaks each module below; ARGS="retry waiting" only these. Each mutant runs in a process forked from one
that has imported everything but this package, against the module's own tests.
"""

import contextlib
import difflib
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# What the tests import is imported once, before any fork; but for what pytest wants to import itself.
import aiobotocore.session
import cattrs.gen
import pytest
import tenacity
from cosmic_ray import plugins
from cosmic_ray.mutating import mutate_code

IMPORTED = (aiobotocore.session, cattrs.gen, tenacity)
TESTS = {
    "errors": ["test_errors.py"],
    "_waiting": ["test_waiting.py", "test_mutation_survivors.py"],
    "_retry": ["test_retry.py", "test_mutation_survivors.py"],
    "_codec": ["test_codec.py", "test_codec_bodies.py", "test_mutation_survivors.py"],
}
SECONDS = 60
"""A mutant that takes longer hangs, which counts as noticed."""


def mutants(source: str) -> Iterator[str]:
    """Yield the source with one change of one operator at one place, for all operators and places."""
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        # `|` occurs in annotations, where any other operator makes the import fail.
        if operator.arguments() or "BitOr" in name:
            continue
        for occurrence in itertools.count():
            mutant = mutate_code(source, operator(), occurrence)
            if mutant is None:
                break
            yield mutant


def passes(tests: list[str]) -> bool:
    """Whether the tests pass, in a process of their own."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.path.insert(0, str(Path.cwd()))
        options = ["-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        os._exit(pytest.main([*options, *(f"tests/{name}" for name in tests)]))
    for _ in range(SECONDS * 20):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def main() -> None:
    """Mutate a copy of the checkout, module after module."""
    sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        checkout = Path(__file__).parent.parent
        for name in ("benchmarks", "cleanroomsml_client", "tests"):
            shutil.copytree(checkout / name, name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(checkout / "pyproject.toml", ".")
        for name in sys.argv[1:] or TESTS:
            module = Path("cleanroomsml_client", f"{name}.py")
            source = module.read_text()
            if not passes(TESTS[name]):
                sys.exit(f"the tests of {name} fail without any mutation")
            total = survived = 0
            for mutant in mutants(source):
                module.write_text(mutant)
                total += 1
                if passes(TESTS[name]):
                    survived += 1
                    lines = difflib.unified_diff(source.splitlines(), mutant.splitlines(), lineterm="", n=0)
                    print(*itertools.islice(lines, 2, None), sep="\n", flush=True)
            module.write_text(source)
            print(f"{name}: {survived} of {total} mutants survived", flush=True)


if __name__ == "__main__":
    main()
