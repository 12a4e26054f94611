import asyncio
import json
import os
import signal
import subprocess
import sys
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

import pytest

from cleanroomsml_client.local import LocalService, __main__
from tests.support.programs import run_as_module


class Interrupted(LocalService):
    """A service that gets SIGINT, as by Ctrl-C, as soon as it runs."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        return self


def test_serves_until_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The program prints its address and the variables to set, and exits with 0 on Ctrl-C."""
    monkeypatch.setattr(__main__, "LocalService", Interrupted)
    assert __main__.main(["--port", "0", "--speed", "60"]) == 0
    lines = capsys.readouterr().out.splitlines()
    endpoint_url = lines[0].removeprefix("Clean Rooms ML is listening on ").removesuffix(". Stop it with Ctrl-C.")
    assert endpoint_url.startswith("http://127.0.0.1:")
    assert lines[1:4] == [
        "Send the requests of any AWS client there with",
        f"  export AWS_ENDPOINT_URL_CLEANROOMSML={endpoint_url}",
        "  export AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1",
    ]
    assert lines[4] == (
        "An access key of 12 digits acts for the account of that number. The accounts have these memberships:"
    )
    # The same at each start, so that they can be written down.
    assert lines[5:] == [
        (
            "  111122223333  47cce60b-b514-5d5a-b403-1f5d99b22992  in the collaboration local, "
            "ab67f5d4-0894-5432-9c0c-bc686d5e58fd"
        )
    ]


def _facts(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run the program with `--json` until it has started; return what it prints."""
    monkeypatch.setattr(__main__, "LocalService", Interrupted)
    assert __main__.main(["--port", "0", "--json", *arguments]) == 0
    [line] = capsys.readouterr().out.splitlines()
    facts: dict[str, Any] = json.loads(line)
    return facts


def test_one_line_of_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs in any language read the address, the accounts and the process from one line."""
    facts = _facts(["--region", "eu-west-1"], monkeypatch, capsys)
    assert facts.pop("endpoint").startswith("http://127.0.0.1:")
    assert facts == {
        "region": "eu-west-1",
        "accounts": [
            {
                "collaboration": "local",
                "accountId": "111122223333",
                "membershipIdentifier": str(uuid5(NAMESPACE_URL, "local/111122223333")),
                "collaborationIdentifier": str(uuid5(NAMESPACE_URL, "local")),
            }
        ],
        "resources": {},
        "pid": os.getpid(),
    }


def test_several_parties(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Accounts share the collaboration `local`; further ones have names."""
    one, two, three = "111122223333", "444455556666", "777788889999"
    options = ["--account", one, "--account", two, "--collaboration", f"spring={two},{three}"]
    facts = _facts(options, monkeypatch, capsys)
    assert [(each["collaboration"], each["accountId"]) for each in facts["accounts"]] == [
        ("local", one),
        ("local", two),
        ("spring", two),
        ("spring", three),
    ]
    facts = _facts(["--collaboration", f"spring={two}"], monkeypatch, capsys)
    assert [each["collaboration"] for each in facts["accounts"]] == ["spring"]


def _output(arguments: list[str], lines: int) -> list[str]:
    """Run the program until it has printed so many lines; return them."""
    command = [sys.executable, "-m", "cleanroomsml_client.local", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        output = [program.stdout.readline().rstrip() for _ in range(lines)]
        program.terminate()
    return output


@pytest.mark.parametrize("accounts", [["111122223333"], ["111122223333", "444455556666"]], ids=len)
def test_the_demonstration(accounts: list[str]) -> None:
    """`--demo` has resources of both paths, for one party or two, in the region."""
    options = ["--demo", "--region", "eu-west-1", *(part for account in accounts for part in ("--account", account))]
    [line] = _output(["--json", *options], 1)
    resources = json.loads(line)["resources"]
    assert len(resources) == 11
    assert {arn.split(":")[3] for arn in resources.values()} == {"eu-west-1"}
    assert {arn.split(":")[4] for arn in resources.values()} == set(accounts)


def test_the_demonstration_for_people() -> None:
    """`--demo` ends with the ARNs, and with what to type to watch one."""
    lines = _output(["--demo"], 19)
    assert lines[6] == "There are:"
    assert lines[17].startswith("  inference job ")
    assert lines[18].startswith("Watch one:  cleanroomsml watch arn:aws:cleanrooms-ml:us-east-1:111122223333:")


async def test_port_in_use(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is in use is reported in one line, with exit code 1."""
    port = service.endpoint_url.rpartition(":")[2]
    assert await asyncio.to_thread(__main__.main, ["--port", port]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"cannot listen on 127.0.0.1, port {port}: ")
    assert error.endswith("; try --port 0\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "http"], "argument --port: not a port from 0 to 65535: http"),
        (["--port", "65536"], "argument --port: not a port from 0 to 65535: 65536"),
        (["--port", "-1"], "argument --port: not a port from 0 to 65535: -1"),
        (["--host", " "], "argument --host: it is empty; use 0.0.0.0 to listen on every address of this machine"),
        (["--speed", "fast"], "argument --speed: not a number from 0 to 1000000: fast"),
        (["--speed", "nan"], "argument --speed: not a number from 0 to 1000000: nan"),
        (["--speed", "1e7"], "argument --speed: not a number from 0 to 1000000: 1e7"),
        (["--account", "1"], "argument --account: not an account of 12 digits: 1"),
        (["--collaboration", "spring"], "argument --collaboration: not of the form NAME=ACCOUNT,ACCOUNT: spring"),
        (["--collaboration", "spring=1"], "argument --collaboration: not an account of 12 digits: 1"),
        (
            ["--host", "0.0.0.0"],  # noqa: S104  # not listened on
            "other machines can reach 0.0.0.0; allow the name by which they do so with --allow-host NAME",
        ),
    ],
)
def test_bad_arguments(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong argument is named in one sentence, with exit code 2."""
    with pytest.raises(SystemExit) as caught:
        __main__.main(arguments)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_signals_end_the_program(number: signal.Signals) -> None:
    """SIGTERM and SIGHUP end the program like Ctrl-C: with exit code 0, without a traceback."""
    program = subprocess.Popen(
        [sys.executable, "-m", "cleanroomsml_client.local", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("Clean Rooms ML is listening on http://127.0.0.1:")
        program.send_signal(number)
        _, err = program.communicate(timeout=30)
    assert (program.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("127.0.0.1", False),
        ("127.0.0.9", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),  # noqa: S104  # not listened on
        ("::", True),
        ("10.0.0.7", True),
        ("shop.test", True),
    ],
)
def test_open_addresses_are_warned_of(
    host: str, *, is_open: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On an address that other machines can reach, a line on standard error says so."""

    class OnLoopback(Interrupted):
        def __init__(self, **options: Any) -> None:
            options["host"] = "127.0.0.1"
            super().__init__(**options)

    monkeypatch.setattr(__main__, "LocalService", OnLoopback)
    assert __main__.main(["--host", host, "--port", "0", "--allow-host", "clean.test"]) == 0
    expected = f"Warning: other machines can reach {host}. The service checks no signatures.\n" if is_open else ""
    assert capsys.readouterr().err == expected


def test_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m cleanroomsml_client.local` runs the program."""
    monkeypatch.setattr(sys, "argv", ["local", "--help"])
    with pytest.raises(SystemExit) as caught:
        run_as_module("cleanroomsml_client.local")
    assert caught.value.code == 0
    assert "Run the local Clean Rooms ML service" in capsys.readouterr().out
