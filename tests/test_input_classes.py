"""What the constructors of input classes convert, and what they refuse."""

import inspect
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleanroomsml_client
from cleanroomsml_client import (
    AudienceModel,
    AudienceSize,
    AudienceSizeConfig,
    AudienceSizeType,
    ColumnSchema,
    ColumnType,
    ContainerConfig,
    Dataset,
    DatasetInputConfig,
    InferenceOutputConfiguration,
    InferenceReceiverMember,
    LogsConfigurationPolicy,
    MetricDefinition,
    OpenEnum,
    ProtectedQuerySQLParameters,
    S3ConfigMap,
    TrainedModel,
    WorkerComputeConfiguration,
    WorkerComputeConfigurationProperties,
    WorkerComputeType,
)
from cleanroomsml_client._codec import (
    _has_only_slots,  # pyright: ignore[reportPrivateUsage]  # the unit under test
    structure,
)
from cleanroomsml_client._models import TaggedUnion
from cleanroomsml_client.testing.factories import make
from tests.support.documents import is_generic, wire, without_none
from tests.support.public_names import PUBLIC_NAMES

_PUBLIC: list[Any] = [getattr(cleanroomsml_client, name) for name in PUBLIC_NAMES]
_MODELS = [
    value
    for value in _PUBLIC
    if inspect.isclass(value) and attrs.has(value) and value.__module__.startswith("cleanroomsml_client.resources.")
]


def _classes_in(declared: Any) -> Iterator[Any]:
    """Yield the model classes in a type, and those of their members."""
    if declared in _MODELS:
        yield declared
        for field in attrs.fields(declared):
            yield from _classes_in(field.type)
    for part in get_args(declared):
        yield from _classes_in(part)


def _input_classes() -> dict[str, Any]:
    """Return the classes that the parameters of operations take, by name."""
    found: dict[str, Any] = {}
    for value in _PUBLIC:
        if inspect.iscoroutinefunction(value):
            for parameter in inspect.signature(value, eval_str=True).parameters.values():
                found |= {class_.__name__: class_ for class_ in _classes_in(parameter.annotation)}
    return found


_INPUTS = _input_classes()
_FIELDS = {
    f"{name}.{field.name}": (class_, field)
    for name, class_ in _INPUTS.items()
    for field in attrs.fields(class_)
    if field.name != "unknown_variant"
}


def _is_a(declared: Any, base: type) -> bool:
    return inspect.isclass(declared) and issubclass(declared, base)


def _of_kind(is_kind: Callable[[Any], bool]) -> list[str]:
    return [name for name, (_, field) in _FIELDS.items() if is_kind(without_none(field.type))]


_SEQUENCES = _of_kind(lambda declared: is_generic(declared, tuple))
_ENUMS = _of_kind(lambda declared: _is_a(declared, OpenEnum))
_CLASSES = _of_kind(lambda declared: declared in _MODELS)


def _with(name: str, value: Any) -> Any:
    """Return an instance of a class with this value of one field."""
    class_, field = _FIELDS[name]
    others: dict[str, Any] = {} if issubclass(class_, TaggedUnion) else attrs.asdict(make(class_), recurse=False)
    create: Any = class_
    return create(**{**others, field.name: value})


def _sample(name: str) -> Any:
    """Return a value of the type of a field."""
    _, field = _FIELDS[name]
    declared = without_none(field.type)
    (element,) = (get_args(declared) and get_args(declared)[:1]) or (declared,)
    samples: Mapping[Any, object] = {str: "text", int: 1}
    item = (
        next(iter(element)) if _is_a(element, OpenEnum) else samples[element] if element in samples else make(element)
    )
    return (item,) if is_generic(declared, tuple) else item


# --- every field


def test_every_kind_of_field_is_there() -> None:
    """The tests of every field of a kind are not empty."""
    assert len(_SEQUENCES) > 10
    assert len(_ENUMS) > 10
    assert len(_CLASSES) > 20


@pytest.mark.parametrize("name", _SEQUENCES)
@pytest.mark.parametrize("sequence", [list, deque, tuple])
def test_any_sequence_becomes_a_tuple(name: str, sequence: Callable[[Any], Any]) -> None:
    """An instance made from a list equals the one made from a tuple, and has the same hash."""
    value = _sample(name)
    made = _with(name, sequence(value))
    assert getattr(made, name.partition(".")[2]) == value
    assert type(getattr(made, name.partition(".")[2])) is tuple
    assert made == _with(name, value)
    assert hash(made) == hash(_with(name, value))


@pytest.mark.parametrize("name", _SEQUENCES)
@pytest.mark.parametrize(
    "value", ["text", b"text", bytearray(b"text"), memoryview(b"text"), {}, None, 5, {1}, iter("a")]
)
def test_what_is_no_sequence_is_refused(name: str, value: Any) -> None:
    """Text, mappings, None and iterators are refused in place of a sequence; the error names the field and the type."""
    given_type = "None" if value is None else type(value).__name__
    with pytest.raises(TypeError) as caught:
        _with(name, value)
    assert str(caught.value).startswith(f"{name}: a sequence of ")
    assert f" expected, not {given_type}; write " in str(caught.value)


@pytest.mark.parametrize("name", _ENUMS)
def test_text_becomes_a_member_of_the_enum(name: str) -> None:
    """An instance made from text equals the one made from the member; text of later releases of AWS is kept."""
    member = _sample(name)
    made = _with(name, str(member.value))
    assert getattr(made, name.partition(".")[2]) is member
    assert made == _with(name, member)
    assert hash(made) == hash(_with(name, member))
    assert not getattr(_with(name, "NEW_IN_2030"), name.partition(".")[2]).is_known


@pytest.mark.parametrize("name", _ENUMS)
@pytest.mark.parametrize("value", [5, b"text", ["text"], {}])
def test_what_is_no_text_is_refused_for_an_enum(name: str, value: Any) -> None:
    """Anything but text is refused in place of an enum; the error shows a member."""
    member = _sample(name)
    enum = type(member).__name__
    with pytest.raises(TypeError) as caught:
        _with(name, value)
    problem = f"{name}: {enum} or its text expected, not {type(value).__name__}"
    assert str(caught.value) == f"{problem}; write {enum}.{member.name}"


@pytest.mark.parametrize("name", _CLASSES)
@pytest.mark.parametrize("value", [{}, {"a": "b"}, "text", 5, S3ConfigMap])
def test_what_is_no_instance_is_refused_for_a_class(name: str, value: Any) -> None:
    """A mapping, or anything else, is refused in place of a class; for a mapping, the error shows `from_dict`."""
    class_ = type(_sample(name)).__name__
    with pytest.raises(TypeError) as caught:
        _with(name, value)
    from_dict = f" or from_dict({class_}, ...)" if type(value).__name__ == "dict" else ""
    problem = f"{name}: {class_} expected, not {type(value).__name__}"
    assert str(caught.value) == f"{problem}; write {class_}(...){from_dict}"


@pytest.mark.parametrize("name", [*_ENUMS, *_CLASSES])
def test_none_is_kept_where_it_is_the_default(name: str) -> None:
    """None means absent where a field has it as its default, and is refused anywhere else."""
    _, field = _FIELDS[name]
    if field.default is None:
        assert getattr(_with(name, None), field.name) is None
    else:
        with pytest.raises(TypeError, match=r"expected, not None; write "):
            _with(name, None)


# --- full messages


@pytest.mark.parametrize(
    ("class_", "members", "message"),
    [
        (
            ContainerConfig,
            {"image_uri": "image", "arguments": "--lr 1"},
            'ContainerConfig.arguments: a sequence of str expected, not str; write ["..."]',
        ),
        (
            ContainerConfig,
            {"image_uri": "image", "arguments": {"--lr": "1"}},
            'ContainerConfig.arguments: a sequence of str expected, not dict; write ["..."]',
        ),
        (
            ContainerConfig,
            {"image_uri": "image", "arguments": (text for text in "ab")},
            "ContainerConfig.arguments: a sequence of str expected, not generator; write list(...)",
        ),
        (
            LogsConfigurationPolicy,
            {"allowed_account_ids": {"111122223333"}},
            "LogsConfigurationPolicy.allowed_account_ids: a sequence of str expected, not set; write list(...)",
        ),
        (
            AudienceSizeConfig,
            {"audience_size_type": "PERCENTAGE", "audience_size_bins": 5},
            "AudienceSizeConfig.audience_size_bins: a sequence of int expected, not int; write [...]",
        ),
        (
            InferenceOutputConfiguration,
            {"members": InferenceReceiverMember(account_id="111122223333")},
            (
                "InferenceOutputConfiguration.members: a sequence of InferenceReceiverMember expected, "
                "not InferenceReceiverMember; write [InferenceReceiverMember(...)]"
            ),
        ),
        (
            ContainerConfig,
            {"image_uri": "image", "metric_definitions": [make(MetricDefinition), {"name": "loss"}]},
            (
                "ContainerConfig.metric_definitions[1]: MetricDefinition expected, not dict; "
                "write MetricDefinition(...) or from_dict(MetricDefinition, ...)"
            ),
        ),
        (
            ColumnSchema,
            {"column_name": "user", "column_types": [ColumnType.USER_ID, None]},
            "ColumnSchema.column_types[1]: ColumnType or its text expected, not None; write ColumnType.USER_ID",
        ),
        (
            Dataset,
            {"type": "INTERACTIONS", "input_config": {"schema": [], "dataSource": {}}},
            (
                "Dataset.input_config: DatasetInputConfig expected, not dict; "
                "write DatasetInputConfig(...) or from_dict(DatasetInputConfig, ...)"
            ),
        ),
        (
            AudienceSize,
            {"type": 10, "value": 5},
            "AudienceSize.type: AudienceSizeType or its text expected, not int; write AudienceSizeType.ABSOLUTE",
        ),
        (
            ProtectedQuerySQLParameters,
            {"query_string": "SELECT 1", "parameters": ["a"]},
            "ProtectedQuerySQLParameters.parameters: a mapping of str expected, not list; write {...}",
        ),
        (
            WorkerComputeConfigurationProperties,
            {"spark": "a=b"},
            "WorkerComputeConfigurationProperties.spark: a mapping of str expected, not str; write {...}",
        ),
    ],
)
def test_messages(class_: Any, members: dict[str, Any], message: str) -> None:
    """An error names the class, the field, what was expected and what to write, but not the value."""
    with pytest.raises(TypeError) as caught:
        class_(**members)
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_copy_with_a_change_is_converted_and_checked() -> None:
    """`attrs.evolve` converts and checks as the constructor does."""
    schema = ColumnSchema(column_name="user", column_types=["USER_ID"])
    assert attrs.evolve(schema, column_types=["ITEM_ID"]).column_types == (ColumnType.ITEM_ID,)
    text: Any = "ITEM_ID"
    with pytest.raises(TypeError, match=r"^ColumnSchema\.column_types: a sequence of ColumnType expected, not str"):
        attrs.evolve(schema, column_types=text)


def test_signatures_show_what_is_accepted() -> None:
    """The signature of an input class names the types that the constructor accepts."""
    annotations = {
        f"{class_.__name__}.{name}": str(inspect.signature(class_).parameters[name].annotation)
        for class_, name in [
            (ContainerConfig, "arguments"),
            (ColumnSchema, "column_types"),
            (WorkerComputeConfiguration, "type"),
            (DatasetInputConfig, "data_source"),
        ]
    }
    training_datasets = "cleanroomsml_client.resources.training_datasets"
    assert annotations == {
        "ContainerConfig.arguments": "cleanroomsml_client.SequenceNotStr[str]",
        "ColumnSchema.column_types": f"cleanroomsml_client.SequenceNotStr[{training_datasets}.ColumnType | str]",
        "WorkerComputeConfiguration.type": str(WorkerComputeType | str | None),
        "DatasetInputConfig.data_source": f"<class '{training_datasets}.DataSource'>",
    }


def test_the_unit_of_an_enum_in_another_module_is_converted() -> None:
    """The converters that several modules share work in each."""
    config = AudienceSizeConfig(audience_size_type="ABSOLUTE", audience_size_bins=range(1, 4))
    assert config == AudienceSizeConfig(audience_size_type=AudienceSizeType.ABSOLUTE, audience_size_bins=(1, 2, 3))


# --- the reader and the constructor


@pytest.mark.parametrize("class_", _MODELS, ids=lambda class_: class_.__name__)
def test_what_is_read_fills_the_slots_directly(class_: Any) -> None:
    """No model class needs its constructor to be called for each instance that is read."""
    assert _has_only_slots(class_)


@pytest.mark.parametrize("class_", _MODELS, ids=lambda class_: class_.__name__)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_reader_and_constructor_agree(class_: Any, data: st.DataObject) -> None:
    """What is read equals what the constructor makes of the same values, with the same types and the same hash."""
    read = structure(data.draw(wire(class_)), class_)
    values = {field.alias: getattr(read, field.name) for field in attrs.fields(class_)}
    made = class_(**values)
    assert made == read
    assert hash(made) == hash(read)
    for field in attrs.fields(class_):
        assert type(getattr(made, field.name)) is type(getattr(read, field.name))


@pytest.mark.parametrize("class_", [TrainedModel, AudienceModel])
def test_the_constructor_converts_what_the_reader_converts(class_: Any) -> None:
    """Maps are frozen on both ways, and the identifier of the base version is None on both."""
    values: dict[str, Any] = {"tags": {"team": "ads"}}
    if class_ is TrainedModel:
        values["version_identifier"] = "NULL"
    made = make(class_, **values)
    assert hash(made) == hash(make(class_, **values))
    assert getattr(made, "version_identifier", None) is None
