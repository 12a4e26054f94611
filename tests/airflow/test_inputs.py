"""How fields of operators become the arguments of functions."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from cleanroomsml_client import (
    InputChannel,
    ModelTrainingDataChannel,
    create_audience_model,
    create_ml_input_channel,
    create_trained_model,
)
from cleanroomsml_client.airflow._inputs import arguments_of, parameters_of


def _arguments(function: Any, **fields: Any) -> Mapping[str, Any]:
    values = dict.fromkeys(parameters_of(function)) | fields
    return arguments_of(function, values, _replaced)


def _replaced(value: Any) -> Any:
    """Render the only template of these tests."""
    return json.loads(json.dumps(value).replace("{{ ds }}", "2026-11-27"))


def test_what_is_left_out() -> None:
    """Fields that are None are not arguments."""
    assert _arguments(create_audience_model, name="n") == {"name": "n"}


def test_a_query_with_a_template() -> None:
    """The SQL of a model class is rendered, although no repr shows it."""
    channel = InputChannel.from_sql("SELECT * FROM t WHERE day = '{{ ds }}'", role_arn="r")
    rendered = _arguments(create_ml_input_channel, input_channel=channel)["input_channel"]
    assert rendered == InputChannel.from_sql("SELECT * FROM t WHERE day = '2026-11-27'", role_arn="r")


def test_dicts_in_a_sequence() -> None:
    """A list may mix dicts and instances."""
    channel = ModelTrainingDataChannel(ml_input_channel_arn="a", channel_name="c")
    data = {"mlInputChannelArn": "a", "channelName": "c"}
    arguments = _arguments(create_trained_model, data_channels=[data, channel], hyperparameters={"rate": "1"})
    assert arguments == {"data_channels": [channel, channel], "hyperparameters": {"rate": "1"}}


def test_text_from_a_template() -> None:
    """Templates return text: it becomes a number or a time where one is expected."""
    assert _arguments(create_ml_input_channel, retention_in_days="30") == {"retention_in_days": 30}
    assert _arguments(create_ml_input_channel, retention_in_days=30) == {"retention_in_days": 30}
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    for value in (moment, "2026-11-27T00:00:00Z", "2026-11-27 00:00:00+00:00"):
        assert _arguments(create_audience_model, training_data_start_time=value) == {"training_data_start_time": moment}


def test_what_does_not_fit() -> None:
    """The error names the field; what only the function can judge is left to it."""
    with pytest.raises(ValueError, match=r"^retention_in_days: invalid literal for int\(\) with base 10: 'many'$"):
        _arguments(create_ml_input_channel, retention_in_days="many")
    with pytest.raises(
        ValueError, match=r"^data_channels: ModelTrainingDataChannel: \$\.mlInputChannelArn: a required"
    ):
        _arguments(create_trained_model, data_channels=[{}])
    assert _arguments(create_trained_model, data_channels="text", resource_config=7) == {
        "data_channels": "text",
        "resource_config": 7,
    }
