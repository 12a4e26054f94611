"""The IAM actions that each operation needs, and the functions that call it.

`FURTHER` is the table; tests/test_iam_page.py compares it with botocore's model and with the policies on the page. The
directive `iam-table` renders it; this module needs no Sphinx, because the tests also run without it.
"""

import inspect
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

import cleanroomsml_client

__all__ = ["CALLERS", "FURTHER", "Further", "action", "needed", "waits"]


@attrs.frozen
class Further:
    """Actions that an operation needs besides the one that has its name."""

    actions: tuple[str, ...]
    when: str = ""
    """The condition under which it needs them. Empty: always."""


ROLE = Further(("iam:PassRole",))
NEW_OUTPUT = Further(("iam:PassRole",), "with `output_config`")
TAGS = Further(("cleanrooms-ml:TagResource",), "with `tags`")
KEY = Further(("kms:DescribeKey", "kms:GenerateDataKey", "kms:Decrypt", "kms:CreateGrant"), "with `kms_key_arn`")
MEMBERSHIP = Further(("cleanrooms:PassMembership",))
COLLABORATION = Further(("cleanrooms:PassCollaboration",))

FURTHER: Mapping[str, tuple[Further, ...]] = MappingProxyType(
    {
        "CancelTrainedModel": (MEMBERSHIP,),
        "CancelTrainedModelInferenceJob": (MEMBERSHIP,),
        "CreateAudienceModel": (TAGS, KEY),
        "CreateConfiguredAudienceModel": (ROLE, TAGS),
        "CreateConfiguredModelAlgorithm": (ROLE, TAGS, KEY),
        "CreateConfiguredModelAlgorithmAssociation": (MEMBERSHIP, TAGS),
        "CreateMLInputChannel": (MEMBERSHIP, ROLE, TAGS, KEY),
        "CreateTrainedModel": (MEMBERSHIP, TAGS, KEY),
        "CreateTrainingDataset": (ROLE, TAGS),
        "DeleteAudienceGenerationJob": (),
        "DeleteAudienceModel": (),
        "DeleteConfiguredAudienceModel": (),
        "DeleteConfiguredAudienceModelPolicy": (),
        "DeleteConfiguredModelAlgorithm": (),
        "DeleteConfiguredModelAlgorithmAssociation": (MEMBERSHIP,),
        "DeleteMLConfiguration": (MEMBERSHIP,),
        "DeleteMLInputChannelData": (MEMBERSHIP,),
        "DeleteTrainedModelOutput": (MEMBERSHIP,),
        "DeleteTrainingDataset": (),
        "GetAudienceGenerationJob": (),
        "GetAudienceModel": (),
        "GetCollaborationConfiguredModelAlgorithmAssociation": (COLLABORATION,),
        "GetCollaborationMLInputChannel": (COLLABORATION,),
        "GetCollaborationTrainedModel": (COLLABORATION,),
        "GetConfiguredAudienceModel": (),
        "GetConfiguredAudienceModelPolicy": (),
        "GetConfiguredModelAlgorithm": (),
        "GetConfiguredModelAlgorithmAssociation": (MEMBERSHIP,),
        "GetMLConfiguration": (MEMBERSHIP,),
        "GetMLInputChannel": (MEMBERSHIP,),
        "GetTrainedModel": (MEMBERSHIP,),
        "GetTrainedModelInferenceJob": (MEMBERSHIP,),
        "GetTrainingDataset": (),
        "ListAudienceExportJobs": (),
        "ListAudienceGenerationJobs": (),
        "ListAudienceModels": (),
        "ListCollaborationConfiguredModelAlgorithmAssociations": (COLLABORATION,),
        "ListCollaborationMLInputChannels": (COLLABORATION,),
        "ListCollaborationTrainedModelExportJobs": (COLLABORATION,),
        "ListCollaborationTrainedModelInferenceJobs": (COLLABORATION,),
        "ListCollaborationTrainedModels": (COLLABORATION,),
        "ListConfiguredAudienceModels": (),
        "ListConfiguredModelAlgorithmAssociations": (MEMBERSHIP,),
        "ListConfiguredModelAlgorithms": (),
        "ListMLInputChannels": (MEMBERSHIP,),
        "ListTagsForResource": (),
        "ListTrainedModelInferenceJobs": (MEMBERSHIP,),
        "ListTrainedModelVersions": (MEMBERSHIP,),
        "ListTrainedModels": (MEMBERSHIP,),
        "ListTrainingDatasets": (),
        "PutConfiguredAudienceModelPolicy": (),
        "PutMLConfiguration": (MEMBERSHIP, ROLE),
        "StartAudienceExportJob": (),
        "StartAudienceGenerationJob": (ROLE, TAGS),
        "StartTrainedModelExportJob": (MEMBERSHIP,),
        "StartTrainedModelInferenceJob": (MEMBERSHIP, TAGS, KEY),
        "TagResource": (),
        "UntagResource": (),
        "UpdateConfiguredAudienceModel": (NEW_OUTPUT,),
    }
)
"""By operation, what it needs besides its own action."""

_OTHER_NAMES = {"UntagResource": "UnTagResource"}
"""The actions that do not have exactly the name of their operation."""


def _callers() -> dict[str, tuple[str, ...]]:
    """Return the functions that call each operation, from the line `AWS: ...` of their docstrings."""
    functions: Mapping[str, Any] = vars(cleanroomsml_client)
    found: dict[str, list[str]] = {}
    for name in functions["__all__"]:
        value = getattr(cleanroomsml_client, name)
        if inspect.isfunction(value) and (calls := re.search(r"^ *AWS: (\w+)\.$", value.__doc__ or "", re.MULTILINE)):
            found.setdefault(calls[1], []).append(name)
    return {operation: tuple(names) for operation, names in found.items()}


CALLERS: Mapping[str, tuple[str, ...]] = MappingProxyType(_callers())
"""By operation, the functions of the package that call it."""


def action(operation: str) -> str:
    """Return the IAM action of an operation."""
    return f"cleanrooms-ml:{_OTHER_NAMES.get(operation, operation)}"


def needed(operation: str) -> set[str]:
    """Return the actions that an operation always needs."""
    return {action(operation)}.union(*(further.actions for further in FURTHER[operation] if not further.when))


def waits(operation: str) -> list[str]:
    """Return the `wait_for_` functions that call an operation. Each `watch_` function calls the same as its wait."""
    return [name for name in CALLERS[operation] if name.startswith("wait_for_")]
