import pytest

from cleanroomsml_client.cli.options import parser
from tests.support.cli import (
    ARN,
    CHANNEL_ARN,
    INFERENCE_ARN,
    MODEL_ARN,
    TRAINED_ARN,
    usage_error,
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["watch", "m-1"], "argument ARN: not an ARN of a Clean Rooms ML resource: m-1"),
        (["show", f"{ARN}trained-model/t-1"], f"not an ARN of a Clean Rooms ML resource: {ARN}trained-model/t-1"),
        (
            ["watch", f"{ARN}training-dataset/d-1"],
            "a training dataset has no status that changes: it is ready when it is created (see show)",
        ),
        (["watch", MODEL_ARN, "--cancelled"], "an audience model cannot be cancelled"),
        (["watch", INFERENCE_ARN, "--deleted"], "an inference job cannot be deleted"),
        (["watch", CHANNEL_ARN, "--version-identifier", "1"], "an ML input channel has no versions"),
        (["watch", MODEL_ARN, "--timeout", "soon"], "not a time span such as 90, 30m or 2h: soon"),
        (["watch", MODEL_ARN, "--timeout", "0"], "not a time span such as 90, 30m or 2h: 0"),
        (["watch", TRAINED_ARN, "--deleted", "--cancelled"], "not allowed with argument"),
        (["completion", "powershell"], "invalid choice: 'powershell'"),
        (["--json"], "the following arguments are required: COMMAND"),
        (["show", MODEL_ARN, "--json", "--plain"], "argument --plain: not allowed with argument --json"),
        (["watch"], "the following arguments are required: ARN"),
        (["watch", MODEL_ARN, "--export", "e"], "an audience model has no exports; --export needs a generation job or"),
        (["watch", TRAINED_ARN, "--export", "e"], "the export of a trained model needs --collaboration-identifier"),
        (["list"], "the following arguments are required: FAMILY"),
        (["list", "models"], "argument FAMILY: invalid choice: 'models'"),
        (["list", "trained-models"], "trained-models needs --membership-identifier"),
        (
            ["list", "trained-model-versions"],
            "trained-model-versions needs --membership-identifier and --trained-model-arn",
        ),
        (
            ["list", "audience-models", "--collaboration-id", "x"],
            "audience-models has no filter --collaboration-id; it has no filters but --status",
        ),
        (
            ["list", "audience-export-jobs", "--collaboration-id", "x"],
            "audience-export-jobs has no filter --collaboration-id; its filters are --audience-generation-job-arn",
        ),
    ],
)
def test_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is refused in one line with a hint, with exit code 2, before anything is sent."""
    error = usage_error(arguments, capsys)
    assert message in error
    command = " ".join(["cleanroomsml", *(word for word in arguments[:1] if not word.startswith("-"))])
    assert error.startswith(f"{command}: ")
    assert error.endswith(f" (see {command} --help)")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("1.5s", 1.5), ("30m", 1800.0), ("2h", 7200.0), ("1d", 86400.0)]
)
def test_time_spans(text: str, seconds: float) -> None:
    """A time span is in seconds, or in the unit that follows it."""
    assert parser().parse_args(["watch", MODEL_ARN, "--timeout", text]).timeout == seconds
