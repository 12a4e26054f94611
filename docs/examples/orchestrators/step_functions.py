"""Print the definition of a Step Functions state machine that waits for an audience model."""

import json
from typing import Any

from cleanroomsml_client import AudienceModelStatus

PENDING = (AudienceModelStatus.CREATE_PENDING, AudienceModelStatus.CREATE_IN_PROGRESS)

# What may succeed later: throttling, a failure of the service, no response.
TRANSIENT = [
    "CleanRoomsMl.ThrottlingException",
    "CleanRoomsMl.InternalServiceException",
    "CleanRoomsMl.SdkClientException",
]


def definition() -> dict[str, Any]:
    """Return the definition. The input is `{"AudienceModelArn": ...}`."""
    # A status that AWS adds one day is not in the list of failures: it waits on, as our waiters do.
    failures = [status for status in AudienceModelStatus if status not in {*PENDING, AudienceModelStatus.ACTIVE}]
    return {
        "StartAt": "Get",
        "TimeoutSeconds": 12 * 3600,
        "States": {
            "Get": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:cleanroomsml:getAudienceModel",
                "Parameters": {"AudienceModelArn.$": "$.AudienceModelArn"},
                "ResultPath": "$.Model",
                # A get may be repeated. Do not add this to a state that creates something.
                "Retry": [
                    {
                        "ErrorEquals": TRANSIENT,
                        "IntervalSeconds": 5,
                        "BackoffRate": 2,
                        "MaxDelaySeconds": 300,
                        "MaxAttempts": 12,
                    }
                ],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Failure", "Next": "Failed"}],
                "Next": "Decide",
            },
            "Decide": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.Model.Status", "StringEquals": "ACTIVE", "Next": "Ready"},
                    *(
                        {"Variable": "$.Model.Status", "StringEquals": status.value, "Next": "Failed"}
                        for status in failures
                    ),
                ],
                "Default": "Wait",
            },
            "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Get"},
            "Ready": {"Type": "Succeed"},
            # The cause is all there is: the last model, and the error of the request if it failed.
            "Failed": {"Type": "Fail", "Error": "NotActive", "CausePath": "States.JsonToString($)"},
        },
    }


if __name__ == "__main__":
    print(json.dumps(definition(), indent=2))
