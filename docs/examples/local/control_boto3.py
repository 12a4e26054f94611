"""A test with boto3: training takes hours on AWS, and here as long as one request to the control API."""

import json
import os
import urllib.request
from typing import Any

import boto3

ENDPOINT = os.environ["AWS_ENDPOINT_URL_CLEANROOMSML"]
COLUMNS = {"user": "USER_ID", "item": "ITEM_ID", "seen": "TIMESTAMP"}


def control(path: str, **body: object) -> dict[str, object]:
    """Send a request to the control API."""
    data = json.dumps(body).encode()
    with urllib.request.urlopen(f"{ENDPOINT}/_cleanroomsml/v1/{path}", data) as response:  # noqa: S310  # our own URL
        document: dict[str, object] = json.load(response)
        return document


session: Any = boto3  # which has no types
aws = session.client("cleanroomsml")  # uses AWS_ENDPOINT_URL_CLEANROOMSML
schema = [{"columnName": name, "columnTypes": [kind]} for name, kind in COLUMNS.items()]
source = {"glueDataSource": {"tableName": "t", "databaseName": "d"}}
dataset = aws.create_training_dataset(
    name="visits",
    roleArn="arn:aws:iam::111122223333:role/reader",
    trainingData=[{"type": "INTERACTIONS", "inputConfig": {"schema": schema, "dataSource": source}}],
)["trainingDatasetArn"]
model = aws.create_audience_model(name="spring", trainingDatasetArn=dataset)["audienceModelArn"]
control("clock", advance=3600)
print(aws.get_audience_model(audienceModelArn=model)["status"])
