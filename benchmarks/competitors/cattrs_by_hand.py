"""aiobotocore with our classes, which cattrs structures from its dicts, as a user would write it by hand."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import attrs
from botocore.exceptions import ClientError
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

import cleanroomsml_client as ml
from cleanroomsml_client._models import wire_name

from .. import fixtures
from .raw_aiobotocore import create_client

__all__ = ["connect"]

_converter = Converter(detailed_validation=False)


def _names(type_: Any) -> Any:  # noqa: ANN401  # classes that are known only at run time
    return {field.name: override(rename=wire_name(field.name)) for field in attrs.fields(type_)}


def _reader(type_: Any) -> Any:  # noqa: ANN401  # classes that are known only at run time
    return make_dict_structure_fn(type_, _converter, **_names(type_))


def _writer(type_: Any) -> Any:  # noqa: ANN401  # classes that are known only at run time
    return make_dict_unstructure_fn(type_, _converter, _cattrs_omit_if_default=True, **_names(type_))


_converter.register_structure_hook(datetime, lambda value, _: value)
_converter.register_structure_hook_factory(attrs.has, _reader)
_converter.register_unstructure_hook_factory(attrs.has, _writer)


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["CattrsByHand"]:
    """Connect as a user would."""
    async with create_client(url) as aws:
        yield CattrsByHand(aws)


class CattrsByHand:
    """Structures botocore's dicts into our classes."""

    def __init__(self, aws: Any) -> None:  # noqa: ANN401  # aiobotocore is untyped
        self._aws = aws

    async def get_audience_model(self) -> str:
        """The name, from a typed model."""
        arn = fixtures.AUDIENCE_MODEL["audienceModelArn"]
        return _converter.structure(await self._aws.get_audience_model(audienceModelArn=arn), ml.AudienceModel).name

    async def get_audience_generation_job(self) -> str:
        """The name, from a typed job."""
        arn = fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"]
        job = await self._aws.get_audience_generation_job(audienceGenerationJobArn=arn)
        return _converter.structure(job, ml.AudienceGenerationJob).name

    async def get_trained_model(self) -> str:
        """The name, from a typed model."""
        model = await self._aws.get_trained_model(
            membershipIdentifier=fixtures.MEMBERSHIP, trainedModelArn=fixtures.TRAINED_MODEL["trainedModelArn"]
        )
        return _converter.structure(model, ml.TrainedModel).name

    async def page(self, size: int) -> Sequence[object]:
        """Typed summaries."""
        page = await self._aws.list_audience_models(maxResults=size)
        return _converter.structure(page["audienceModels"], list[ml.AudienceModelSummary])

    async def drain(self) -> Sequence[object]:
        """Typed summaries."""
        models: list[ml.AudienceModelSummary] = []
        async for page in self._aws.get_paginator("list_audience_models").paginate():
            models += _converter.structure(page["audienceModels"], list[ml.AudienceModelSummary])
        return models

    async def create_training_dataset(self) -> str:
        """The ARN; the request is made of typed values."""
        dataset = _converter.structure(fixtures.TRAINING_DATA, ml.Dataset)
        created: dict[str, Any] = await self._aws.create_training_dataset(
            name="interactions", roleArn=fixtures.ROLE, trainingData=[_converter.unstructure(dataset)]
        )
        return str(created["trainingDatasetArn"])

    async def get_missing(self) -> str:
        """Return the code of the ClientError."""
        try:
            await self._aws.get_audience_model(audienceModelArn=fixtures.MISSING)
        except ClientError as error:
            response: dict[str, Any] = error.response
            return str(response["Error"]["Code"])
        return ""
