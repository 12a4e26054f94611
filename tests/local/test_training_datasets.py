from tests.local.conftest import Boto

DATASET = {
    "name": "interactions",
    "roleArn": "arn:aws:iam::111122223333:role/reader",
    "trainingData": [
        {
            "type": "INTERACTIONS",
            "inputConfig": {
                "schema": [{"columnName": "user_id", "columnTypes": ["USER_ID"]}],
                "dataSource": {"glueDataSource": {"tableName": "t", "databaseName": "d"}},
            },
        }
    ],
}


async def test_training_dataset_lifecycle(boto: Boto) -> None:
    """A dataset is ACTIVE immediately, listed without its details, and deleted immediately."""
    created = await boto("create_training_dataset", **DATASET, description="all of 2026", tags={"team": "ads"})
    arn = created["trainingDatasetArn"]
    dataset = await boto("get_training_dataset", trainingDatasetArn=arn)
    times = {"createTime": dataset["createTime"], "updateTime": dataset["createTime"]}
    summary = {
        "trainingDatasetArn": arn,
        "name": "interactions",
        "description": "all of 2026",
        "status": "ACTIVE",
        **times,
    }
    assert dataset == {**DATASET, **summary, "tags": {"team": "ads"}}
    assert await boto("list_training_datasets") == {"trainingDatasets": [summary]}
    assert await boto("delete_training_dataset", trainingDatasetArn=arn) == {}
    assert await boto("list_training_datasets") == {"trainingDatasets": []}
    not_found = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("get_training_dataset", trainingDatasetArn=arn) == not_found
    assert await boto.refused("delete_training_dataset", trainingDatasetArn=arn) == not_found


async def test_dataset_names_are_not_unique(boto: Boto) -> None:
    """Two datasets can have the same name."""
    first = await boto("create_training_dataset", **DATASET)
    second = await boto("create_training_dataset", **DATASET)
    assert first != second
