import copy
import json
import math
import pickle
import types
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client._codec import MalformedError, encode, structure
from cleanroomsml_client._models import FrozenDict, OpenEnum, Unencodable, wire_name
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
    AudienceModelMetric,
    AudienceModelMetricType,
    AudienceModelStatus,
)
from cleanroomsml_client.resources.configured_model_algorithm_associations import TrainedModelArtifactMaxSize
from cleanroomsml_client.resources.shared import StatusDetails
from tests.support.documents import (
    CLASSES,
    DATETIMES,
    JANUARY,
    JUNK,
    LEAF,
    MODEL,
    SETTINGS,
    Branch,
    Choice,
    Color,
    Declared,
    Json,
    Leaf,
    assert_read_or_refused,
    damage,
    dateutil_tz,
    fits,
    is_exactly,
    wire,
)

EACH_CLASS = pytest.mark.parametrize("class_", CLASSES, ids=lambda class_: class_.__name__)


@pytest.mark.slow
@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_valid_documents_are_read(class_: type[Any], data: st.DataObject) -> None:
    """Every field of an instance that is read from a valid document has exactly its declared type."""
    document = data.draw(wire(class_))
    before = copy.deepcopy(document)
    assert fits(document, class_)
    assert is_exactly(structure(document, class_), class_)
    assert document == before


@pytest.mark.slow
@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_damaged_documents_are_read_or_refused(class_: type[Any], data: st.DataObject) -> None:
    """A document with any damage is read as exact types, or refused with the path of the wrong value."""
    document = data.draw(wire(class_))
    for _ in range(data.draw(st.integers(1, 3))):
        damage(document, data)
    assert_read_or_refused(document, class_)


@pytest.mark.slow
@EACH_CLASS
@SETTINGS
@given(document=JUNK)
def test_anything_is_read_or_refused(class_: type[Any], document: Json) -> None:
    """Any JSON value in place of a document is read as exact types or refused."""
    assert_read_or_refused(document, class_)
    assert_read_or_refused({"name": document}, class_)


@pytest.mark.parametrize("declared", [str, int, bool, float, datetime, Color, tuple[int, ...], Mapping[str, str]])
@SETTINGS
@given(value=JUNK)
def test_single_values_are_read_or_refused(declared: Declared, value: Json) -> None:
    """A value that is not an object is checked as strictly."""
    assert_read_or_refused(value, declared)


@pytest.mark.slow
@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_round_trip(class_: type[Any], data: st.DataObject) -> None:
    """An instance is encoded as the document it was read from, which reads as an equal instance."""
    document = data.draw(wire(class_))
    read = structure(document, class_)
    written = json.loads(json.dumps(encode(read), default=datetime.isoformat))
    assert written == document
    assert structure(written, class_) == read
    assert hash(structure(written, class_)) == hash(read)
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301  # pickled in this test


@pytest.mark.slow
@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_documents_parsed_by_botocore(class_: type[Any], data: st.DataObject) -> None:
    """A document with datetimes of any zone, as the parser of a wrapped client returns them, is read the same way."""
    document = data.draw(wire(class_, DATETIMES))
    read = structure(document, class_)
    assert is_exactly(read, class_)
    assert structure(json.loads(json.dumps(document, default=as_utc_text)), class_) == read


def as_utc_text(moment: datetime) -> str:
    """Return the text of a time on the wire."""
    return moment.astimezone(UTC).isoformat()


# --- classes


def test_reads_a_model() -> None:
    """Each member of a model is read as its declared type."""
    assert structure(MODEL, AudienceModel) == AudienceModel(
        audience_model_arn="arn:1",
        name="lookalike",
        status=AudienceModelStatus.ACTIVE,
        training_dataset_arn="arn:2",
        create_time=JANUARY,
        update_time=JANUARY,
        status_details=StatusDetails(status_code="C", message="m"),
        metrics=(AudienceModelMetric(type=AudienceModelMetricType.RECALL, for_top_k_item_predictions=10, value=0.5),),
        tags={"someKey": "v", "other_key": "w"},
    )


def test_absent_members() -> None:
    """Absent lists and maps read as empty, other absent members as None; null counts as absent."""
    required = ("audienceModelArn", "name", "status", "trainingDatasetArn", "createTime", "updateTime")
    least = {name: MODEL[name] for name in required}
    model = structure(least, AudienceModel)
    assert model.metrics == ()
    assert model.tags == {}
    assert type(model.tags) is FrozenDict
    assert model.status_details is None
    assert model.description is None
    nulls = {wire_name(field.name): None for field in attrs.fields(AudienceModel)}
    assert structure(nulls | least, AudienceModel) == model


def test_unknown_members_are_ignored() -> None:
    """A member that the class does not have changes nothing, at any depth."""
    document: Json = copy.deepcopy(MODEL) | {"new": {"a": [1]}, "__type": "x", "": None, "audience_model_arn": "y"}
    document["statusDetails"]["new"] = 1
    document["metrics"][0]["new"] = "x"
    assert structure(document, AudienceModel) == structure(MODEL, AudienceModel)


def test_keys_of_maps_are_not_renamed() -> None:
    """The keys of a map are user data: they are not converted between Python names and wire names."""
    tags = {"snake_case": "1", "camelCase": "2", "name": "3", "max_payload_in_mb": "4"}
    model = structure(MODEL | {"tags": tags}, AudienceModel)
    assert model.tags == tags
    assert encode(model)["tags"] == tags
    assert type(encode(model)["tags"]) is dict


def test_unknown_enum_values_are_kept() -> None:
    """An enum value that AWS adds later keeps its text when it is read and when it is encoded."""
    model = structure(MODEL | {"status": "ASLEEP"}, AudienceModel)
    assert model.status == "ASLEEP"
    assert type(model.status) is AudienceModelStatus
    assert not model.status.is_known
    assert encode(model)["status"] == "ASLEEP"


def test_known_enum_values_are_members() -> None:
    """A known value is read as the member itself, also if its text is empty."""

    class Odd(OpenEnum):
        EMPTY = ""

    assert structure("red", Color) is Color.RED
    assert structure("", Odd) is Odd.EMPTY


@pytest.mark.parametrize(
    ("change", "path", "problem"),
    [
        ({"name": None}, "$.name", "a required member is missing"),
        ({"name": 5}, "$.name", "a string expected, not an integer"),
        ({"name": {}}, "$.name", "a string expected, not an object"),
        ({"status": False}, "$.status", "AudienceModelStatus expected, not a boolean"),
        ({"createTime": "soon"}, "$.createTime", "datetime expected, not a string"),
        ({"createTime": None}, "$.createTime", "a required member is missing"),
        ({"description": []}, "$.description", "a string expected, not a list"),
        ({"statusDetails": "x"}, "$.statusDetails", "StatusDetails expected, not a string"),
        ({"statusDetails": {"message": 1.5}}, "$.statusDetails.message", "a string expected, not a number"),
        ({"tags": {"a": None}}, "$.tags", "a map of strings expected, not an object"),
        ({"tags": []}, "$.tags", "a map of strings expected, not a list"),
        ({"metrics": {}}, "$.metrics", "a list expected, not an object"),
        ({"metrics": [None]}, "$.metrics[0]", "AudienceModelMetric expected, not null"),
        (
            {"metrics": [{"type": "RECALL", "value": 1}]},
            "$.metrics[0].forTopKItemPredictions",
            "a required member is missing",
        ),
        (
            {"metrics": [MODEL["metrics"][0], {"type": "X", "forTopKItemPredictions": 1.0, "value": 1}]},
            "$.metrics[1].forTopKItemPredictions",
            "an integer expected, not a number",
        ),
        (
            {"metrics": [{"type": "X", "forTopKItemPredictions": 1, "value": True}]},
            "$.metrics[0].value",
            "a number expected, not a boolean",
        ),
    ],
)
def test_refusals(change: dict[str, Any], path: str, problem: str) -> None:
    """An error has the path and this description, and no chained exception that could quote the value."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | change, AudienceModel)
    assert (caught.value.path, caught.value.problem, caught.value.incomplete) == (path, problem, False)
    assert caught.value.__context__ is None


def test_a_path_starts_at_the_given_prefix() -> None:
    """An error in a part of a body has the path in the whole body."""
    with pytest.raises(MalformedError) as caught:
        structure([LEAF, {"name": 1}], tuple[Leaf, ...], "$.leaves")
    assert caught.value.path == "$.leaves[1].name"
    with pytest.raises(MalformedError) as caught:
        structure(None, str, "$.arn")
    assert (caught.value.path, caught.value.problem) == ("$.arn", "a string expected, not null")


def test_errors_do_not_contain_the_value() -> None:
    """An error never contains the value, which may be sensitive."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"statusDetails": "hidden", "tags": {"hidden": 1}}, AudienceModel)
    assert "hidden" not in f"{caught.value} {caught.value!r} {caught.value.problem}"


def test_foreign_types_are_named() -> None:
    """The error for a value that JSON cannot represent names its Python type."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"name": b"x"}, AudienceModel)
    assert caught.value.problem == "a string expected, not bytes"
    with pytest.raises(MalformedError, match="a list expected, not tuple"):
        structure((1,), tuple[int, ...])


# --- unions


@pytest.mark.parametrize(
    ("document", "choice", "variant"),
    [
        ({"text": "x"}, Choice(text="x"), "text"),
        ({"text": ""}, Choice(text=""), "text"),
        ({"number": 0, "text": None}, Choice(number=0), "number"),
        ({"number": 0, "__type": "x"}, Choice(number=0), "number"),
        ({"leaves": []}, Choice(leaves=()), "leaves"),
        ({"branch": {"leaf": {"name": "x"}}}, Choice(branch=Branch(leaf=Leaf(name="x"))), "branch"),
        ({"future": {"a": 1}}, Choice(unknown_variant="future"), "future"),
        ({"unknownVariant": 5}, Choice(unknown_variant="unknownVariant"), "unknownVariant"),
        ({"SDK_UNKNOWN_MEMBER": {"name": "future"}}, Choice(unknown_variant="future"), "future"),
    ],
)
def test_union_has_one_member(document: dict[str, Any], choice: Choice, variant: str) -> None:
    """A union has the one member that is set; one that AWS adds later is known by its name, with either parser."""
    assert structure(document, Choice) == choice
    assert structure(document, Choice).variant == variant


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "$"),
        ({"text": None}, "$"),
        ({"__type": "x"}, "$"),
        ({"text": "x", "number": 1}, "$"),
        ({"text": "x", "future": 1}, "$"),
        ([], "$"),
        ({"number": "1"}, "$.number"),
        ({"branch": {"leaf": {}}}, "$.branch.leaf.name"),
        ({"leaves": [LEAF, 1]}, "$.leaves[1]"),
        ({"SDK_UNKNOWN_MEMBER": "future"}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": None}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": 5}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": ["x"]}}, "$"),
    ],
)
def test_union_without_exactly_one_member_is_refused(document: Json, path: str) -> None:
    """A union with no member, with several or with a wrong one is refused."""
    with pytest.raises(MalformedError) as caught:
        structure(document, Choice)
    assert caught.value.path == path


def test_empty_union_has_no_variant() -> None:
    """A union without a member, which only a caller can create, has no variant."""
    assert Choice().variant == ""


# --- times


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05+00:00",
        "2024-01-02t03:04:05z",
        "2024-01-02T05:34:05+02:30",
        "2024-01-01T19:04:05-08:00",
        1704164645,
        1704164645.0,
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=dateutil_tz.tzutc()),
        datetime(2024, 1, 1, 22, 4, 5, tzinfo=dateutil_tz.gettz("America/New_York")),
        JANUARY.astimezone(dateutil_tz.tzlocal()),
    ],
    ids=str,
)
def test_times(value: Json) -> None:
    """RFC 3339 with Z or an offset, seconds since 1970 and botocore's datetimes read as the same UTC time."""
    moment = structure(value, datetime)
    assert moment == JANUARY
    assert moment.tzinfo is UTC
    assert moment.isoformat() == "2024-01-02T03:04:05+00:00"


@pytest.mark.parametrize(
    ("value", "microsecond"),
    [
        ("2024-01-02T03:04:05.678Z", 678000),
        ("2024-01-02T03:04:05.678901Z", 678901),
        ("2024-01-02T03:04:05.678901999Z", 678901),
        ("2024-01-02T03:04:05.6Z", 600000),
        ("2024-01-02T05:04:05.678+02:00", 678000),
        (1704164645.678, 678000),
        (1704164645.5, 500000),
    ],
)
def test_fractions_of_seconds(value: Json, microsecond: int) -> None:
    """Fractions are kept to the microsecond, whatever the number of digits."""
    assert structure(value, datetime) == JANUARY.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "1970-01-01T00:00:00+00:00"),
        (-1, "1969-12-31T23:59:59+00:00"),
        (-0.5, "1969-12-31T23:59:59.500000+00:00"),
        (-62135596800, "0001-01-01T00:00:00+00:00"),
        (253402300799, "9999-12-31T23:59:59+00:00"),
    ],
)
def test_earliest_and_latest_times(value: Json, text: str) -> None:
    """Every time that Python can represent is read."""
    assert structure(value, datetime).isoformat() == text


@pytest.mark.parametrize(
    "value",
    [
        *(-62135596801, 253402300800, 10**12, 10**15, 10**17, -(10**17), 2**63 - 1, 2**64, 10**400, 1e17, -1e17, 1e300),
        *(math.nan, math.inf, -math.inf, True, None, [], {}, b"2024-01-02"),
        *("", "now", "1704164645", "2024-02-30", "2024-01-02T25:00:00Z", "2024-01-02T03:04:05ZZ", "2024-01-02\ud800"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", " 2024-01-02"),
        # ISO 8601, but not RFC 3339: without a time, an offset or seconds, or in another form.
        *("2024-01-02", "2024-01-02T03:04:05", "2024-01-02T03:04Z", "2024-01-02T03Z", "2024-W01-1T03:04:05Z"),
        *("2024-W01-1", "2024-002T03:04:05Z", "20240102T030405Z", "2024-01-02 03:04:05Z", "2024-01-02T03:04:05,5Z"),
        *("2024-01-02T03:04:05-0800", "2024-01-02T03:04:05+01", "2024-01-02T03:04:05.Z", "2024-01-02T24:00:00Z"),
        *(
            "2024-01-02T03:04:05+00:00:00",
            "2024-01-02T03:04:05+01:75",
            "2024-01-02T03:04:05.5+00:00:01",
            "2024-01-02T03:04:05Z\n",
        ),
        datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001  # the test needs a time without zone
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_invalid_times_are_refused(value: Json) -> None:
    """A value that is not a time, or one that Python cannot represent, is refused with its path."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"createTime": value}, AudienceModel)
    assert caught.value.path == "$.createTime"


# --- numbers


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (-0.5, -0.5), (2**53, 2.0**53), (1e308, 1e308)])
def test_integers_are_read_as_floats(value: Json, number: float) -> None:
    """A number without a decimal point is read as a float where a float is declared."""
    read = structure(value, float)
    assert type(read) is float
    assert read == number


@pytest.mark.parametrize("value", [True, "1", "NaN", None, math.nan, math.inf, -math.inf, 10**400, [1]], ids=repr)
def test_invalid_numbers_are_refused(value: Json) -> None:
    """Booleans, text and numbers beyond the range of a float are refused."""
    with pytest.raises(MalformedError):
        structure(value, float)


def test_integers_have_no_limit() -> None:
    """An integer keeps all its digits; a boolean or a float is not an integer."""
    assert structure(10**400, int) == 10**400
    for value in (True, 1.0, "1"):
        with pytest.raises(MalformedError):
            structure(value, int)


# --- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "name"),
        ("audience_model_arn", "audienceModelArn"),
        ("for_top_k_item_predictions", "forTopKItemPredictions"),
        ("s3_uri", "s3Uri"),
        ("max_payload_in_mb", "maxPayloadInMB"),
        ("volume_size_in_gb", "volumeSizeInGB"),
        ("collaboration_ml_input_channels_list", "collaborationMLInputChannelsList"),
    ],
)
def test_wire_names(name: str, expected: str) -> None:
    """One rule and three exceptions give the wire name of every member."""
    assert wire_name(name) == expected


# --- encoding


def test_nested_classes_are_encoded() -> None:
    """Nested classes are encoded with wire names, without absent members."""
    assert encode(Branch(leaf=Leaf(name="x"), leaves=(Leaf(name="y", shade=Color("new")),))) == {
        "leaf": {"name": "x"},
        "leaves": [{"name": "y", "shade": "new"}],
    }
    assert encode([Leaf(name="x"), Leaf(name="y")]) == [{"name": "x"}, {"name": "y"}]
    assert encode((Color.RED, "x", 1)) == ["red", "x", 1]


def test_empty_text_and_zero_are_encoded() -> None:
    """A member that is set is encoded, also if its value is false in Python."""
    document = {"text": ""}
    assert encode(structure(document, Choice)) == document
    assert encode(Choice(number=0)) == {"number": 0}
    assert encode(StatusDetails(message="")) == {"message": ""}


@pytest.mark.parametrize("number", [0, 5, 5.5, 1e300, Decimal("5.5")])
def test_each_kind_of_number_is_encoded_unchanged(number: Any) -> None:
    """An int and a Decimal stand for a float, too."""
    assert encode(TrainedModelArtifactMaxSize(unit="GB", value=number))["value"] is number


@pytest.mark.parametrize("value", ["text", 5, 1.5, True, None, Color.RED, Color("new"), JANUARY])
def test_scalars_are_encoded_unchanged(value: Json) -> None:
    """A scalar is encoded as an equal value of a type that botocore accepts."""
    assert encode(value) == value
    assert isinstance(encode(value), type(value) if not isinstance(value, OpenEnum) else str)


def test_maps_are_encoded_as_plain_dicts() -> None:
    """Any mapping is encoded as a new dict with the same keys."""
    tags = {"some_key": "v"}
    for mapping in (tags, FrozenDict(tags), types.MappingProxyType(tags)):
        written = encode(mapping)
        assert type(written) is dict
        assert written == tags
        assert written is not mapping


def test_datetimes_need_a_zone() -> None:
    """A datetime without a time zone becomes what botocore refuses, alone and inside another value."""
    naive = datetime(2024, 1, 2)  # noqa: DTZ001  # the test needs a time without zone
    refused = Unencodable("datetime without a time zone")
    model = attrs.evolve(structure(MODEL, AudienceModel), create_time=naive)
    assert (encode(naive), encode([naive]), encode(model)["createTime"]) == (refused, [refused], refused)


def test_wrong_types_are_not_encoded() -> None:
    """A nested value of a wrong type raises one of the exceptions that `encode` documents."""
    wrong: Any = 5
    leaf = Leaf(name="x")
    for value in (Branch(leaf=wrong), Branch(leaf=leaf, leaves=wrong), Branch(leaf=leaf, leaves=(wrong,))):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            encode(value)


# --- classes of the caller, which `Response.read` accepts, too


def _positive(_: object, __: object, value: int) -> None:
    if value <= 0:
        raise ValueError


def _upper(text: str) -> str:
    return text.upper()


@attrs.define(slots=False)
class _Unusual:
    """A class with features of attrs that our own classes do not use."""

    name: str
    price: int = attrs.field(validator=_positive, alias="cost")
    tags: tuple[str, ...] = attrs.field(factory=tuple)
    currency: str = attrs.field(default="EUR", converter=_upper)
    shown: str = attrs.field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        self.shown = f"{self.name}: {self.price} {self.currency}"


@attrs.frozen
class _Counted:
    """A class with slots that counts its instances."""

    made = 0
    name: str

    def __attrs_post_init__(self) -> None:
        type(self).made += 1


def test_features_of_attrs_are_kept() -> None:
    """Converters, factories, aliases and `__attrs_post_init__` have their effect."""
    loose = structure({"name": "a", "price": 3, "currency": "usd"}, _Unusual)
    assert loose == _Unusual(name="a", cost=3, currency="usd")
    assert (loose.shown, loose.tags) == ("a: 3 USD", ())
    assert structure({"name": "a", "price": 3, "tags": None}, _Unusual).currency == "EUR"


def test_a_validator_can_refuse_a_value() -> None:
    """A value that a validator refuses raises a MalformedError."""
    with pytest.raises(MalformedError):
        structure({"name": "a", "price": 0}, _Unusual)


def test_post_init_is_called() -> None:
    """`__attrs_post_init__` of a class with slots is called."""
    before = _Counted.made
    assert structure({"name": "a"}, _Counted) == _Counted("a")
    assert _Counted.made == before + 2


@attrs.frozen(cache_hash=True)
class _Hashed:
    """A class whose `__init__` also sets the slot of the cached hash."""

    name: str


def test_an_instance_with_a_cached_hash_can_be_hashed() -> None:
    """The slot of the cached hash is set, too."""
    assert hash(structure({"name": "a"}, _Hashed)) == hash(_Hashed("a"))
