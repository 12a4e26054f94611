"""Pickles name the public path of a class, so that modules can move without breaking them."""

import pickle
import pickletools
from typing import Any

import attrs
import pytest

import cleanroomsml_client
from cleanroomsml_client import (
    Attempt,
    FrozenDict,
    OpenEnum,
    Pacing,
    Page,
    Polling,
    Response,
    RetryPolicy,
    ThrottlingError,
    check_seed_audience,
)
from cleanroomsml_client.testing.factories import make
from tests.support.public_names import PUBLIC_NAMES

_CLASSES: dict[str, Any] = {
    name: value for name in PUBLIC_NAMES if isinstance(value := getattr(cleanroomsml_client, name), type)
}
_ENGINE: dict[str, object] = {
    "Attempt": Attempt(operation="GetAudienceModel", number=1, elapsed=0.5),
    "FrozenDict": FrozenDict({"team": "ads"}),
    "Pacing": Pacing(window=2),
    "Page": Page(items=("a",), next_token="t"),
    "Polling": Polling(timeout=60),
    "SeedAudienceReport": check_seed_audience(["nonsense"]),
    "Response": Response(operation="GetAudienceModel", status=200, request_id="r", attempts=1, document={"name": "a"}),
    "RetryPolicy": RetryPolicy(max_attempts=2),
}


def _modules(pickled: bytes) -> set[str]:
    """Return the modules of this package that a pickle names."""
    texts = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    return {text for text in texts if text.startswith("cleanroomsml_client")}


@pytest.mark.parametrize("name", _CLASSES)
def test_classes_pickle_by_a_public_path(name: str) -> None:
    """No pickled class names a module with an underscore, and each is found again."""
    pickled = pickle.dumps(_CLASSES[name], protocol=4)
    assert not [module for module in _modules(pickled) if "._" in module]
    assert pickle.loads(pickled) is _CLASSES[name]  # noqa: S301  # pickled in this test


@pytest.mark.parametrize("name", _ENGINE)
def test_engine_classes_are_of_the_package(name: str) -> None:
    """An instance of an engine class pickles under the name of the package and is equal afterwards."""
    pickled = pickle.dumps(_ENGINE[name], protocol=4)
    assert "cleanroomsml_client" in _modules(pickled)
    assert pickle.loads(pickled) == _ENGINE[name]  # noqa: S301  # pickled in this test


@pytest.mark.parametrize(
    "class_",
    [class_ for class_ in _CLASSES.values() if class_.__module__.startswith("cleanroomsml_client.resources.")],
    ids=lambda class_: class_.__name__,
)
def test_model_classes_pickle(class_: Any) -> None:
    """An instance of every model class and every enum pickles by public paths and is equal afterwards."""
    instance = make(class_) if attrs.has(class_) else next(iter(class_))
    pickled = pickle.dumps(instance, protocol=4)
    assert not [module for module in _modules(pickled) if "._" in module]
    assert pickle.loads(pickled) == instance  # noqa: S301  # pickled in this test


def test_an_error_pickles_by_a_public_path() -> None:
    """Errors name `cleanroomsml_client.errors`, which is public."""
    error = ThrottlingError("no", "GetAudienceModel", "ThrottlingException", 429, None, 1)
    assert _modules(pickle.dumps(error, protocol=4)) == {"cleanroomsml_client.errors"}


def test_every_kind_of_class_is_covered() -> None:
    """The public classes are those of the engine, errors, models and enums."""
    known = {*_ENGINE, "Blocking", "Client", "Connection", "Pages", "OpenEnum", "SequenceNotStr"}
    for name, class_ in _CLASSES.items():
        is_model = class_.__module__.startswith("cleanroomsml_client.resources.")
        assert name in known or is_model or issubclass(class_, Exception), name
    assert issubclass(OpenEnum, str)
