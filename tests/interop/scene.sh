#!/usr/bin/env bash
# Two parties go through a collaboration with the AWS CLI: the owner of data and models, and a partner who uses them.
#
#     python tests/interop/run.py --only cli --show
#
# starts the local service, writes the profiles `owner`, `partner` and `stranger`, and runs this. It needs curl, too.
# The commands are the same on AWS, where accounts, roles and buckets have to exist, and where a model takes hours.
set -euo pipefail

owner=111122223333
partner=444455556666
control=$ENDPOINT/_cleanroomsml/v1
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
facts=""
# What people read; the last line on the standard output is for programs.
exec 3>&2

say() { printf '\n# %s\n' "$*" >&3; }

# fail TEXT: ends the scene.
fail() {
    printf 'scene.sh: %s\n' "$*" >&2
    exit 1
}

# expect VALUE WANTED: ends the scene if they differ.
expect() { [[ $1 == "$2" ]] || fail "got '$1' instead of '$2'"; }

# note NAME VALUE: adds a fact to the result of the scene.
note() {
    [[ -n $2 ]] || fail "no value: $1"
    facts+="${facts:+, }\"$1\": \"$2\""
}

# quote WORDS...: prints a command as people write it.
quote() {
    local word
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9_./:=,@%{}-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
    done
}

# as PROFILE OPERATION PARAMETERS...: shows a command of the AWS CLI, runs it, and shows what it prints.
as() {
    local output status=0
    printf '%s\n' "\$ aws --profile $1 cleanroomsml$(quote "${@:2}")" >&3
    output=$(aws --profile "$1" cleanroomsml "${@:2}" 2>"$errors") || status=$?
    cat "$errors" >&3
    if [[ -n $output ]]; then
        printf '%s\n' "$output" >&3
        printf '%s\n' "$output"
    fi
    return "$status"
}
as_owner() { as owner "$@"; }
as_partner() { as partner "$@"; }
as_stranger() { as stranger "$@"; }

# refused CODE WORDS COMMAND...: expects that AWS refuses a command, with this code, and these words in its message.
refused() {
    if "${@:3}" >/dev/null; then fail "was not refused with $1: ${*:3}"; fi
    [[ $(<"$errors") == *"($1)"*"$2"* ]] || fail "expected $1 with '$2', got: $(<"$errors")"
}

# let_time_pass: five minutes, at once. On AWS, this is `sleep 300`.
let_time_pass() {
    curl --silent --show-error --fail --noproxy '*' --data '{"advance": 300}' "$control/clock" >/dev/null
}

# wait_until STATUS NAME COMMAND...: polls the status until it no longer changes by itself; notes the states it saw.
wait_until() {
    local seen="" status
    while true; do
        status=$("${@:3}")
        [[ $seen == *"$status" ]] || seen+="${seen:+ }$status"
        case $status in
            *_PENDING | *_IN_PROGRESS) let_time_pass ;;
            *) break ;;
        esac
    done
    expect "$status" "$1"
    note "$2" "$seen"
}

# wait_until_gone COMMAND...: polls until AWS does not find the resource.
wait_until_gone() {
    while "$@" >/dev/null; do let_time_pass; done
    [[ $(<"$errors") == *"(ResourceNotFoundException)"*"was not found"* ]] || fail "$(<"$errors")"
}

say "Part 1: a lookalike model."
say "The owner describes the data."
dataset=$(as_owner create-training-dataset --name visits --role-arn "arn:aws:iam::$owner:role/clean-rooms-ml" \
    --tags '{"team": "ads", "Zweck & Ziel": "50 % größer"}' \
    --training-data '[{"type": "INTERACTIONS", "inputConfig": {
        "schema": [
            {"columnName": "user_id", "columnTypes": ["USER_ID"]},
            {"columnName": "item_id", "columnTypes": ["ITEM_ID"]},
            {"columnName": "seen_at", "columnTypes": ["TIMESTAMP"]}],
        "dataSource": {"glueDataSource": {"tableName": "interactions", "databaseName": "visits"}}}}]' \
    --query trainingDatasetArn)
note "tag" "$(as_owner list-tags-for-resource --resource-arn "$dataset" --query 'tags."Zweck & Ziel"')"
as_owner tag-resource --resource-arn "$dataset" --tags season=spring
as_owner untag-resource --resource-arn "$dataset" --tag-keys 'Zweck & Ziel' team
note "tags left" "$(as_owner list-tags-for-resource --resource-arn "$dataset" --query 'keys(tags)')"

say "Too many requests: the CLI tries again by itself."
curl --silent --show-error --fail --noproxy '*' --data '{"fault": "Throttle"}' "$control/faults" >/dev/null
note "training datasets" "$(as_owner list-training-datasets --query 'length(trainingDatasets)')"

say "The owner trains a model on the data of one month."
model=$(as_owner create-audience-model --name spring --training-dataset-arn "$dataset" \
    --training-data-start-time 2026-03-01T00:00:00Z --training-data-end-time 2026-04-01T00:00:00Z \
    --query audienceModelArn)
wait_until ACTIVE "audience model" as_owner get-audience-model --audience-model-arn "$model" --query status
note "trained on data from" "$(as_owner get-audience-model --audience-model-arn "$model" \
    --query 'trainingDataStartTime' | cut -c1-19)"

say "Two more models train at once; a third is too many."
summer=$(as_owner create-audience-model --name summer --training-dataset-arn "$dataset" --query audienceModelArn)
autumn=$(as_owner create-audience-model --name autumn --training-dataset-arn "$dataset" --query audienceModelArn)
refused ServiceQuotaExceededException "is 2" as_owner create-audience-model --name winter \
    --training-dataset-arn "$dataset"
first=$(as_owner list-audience-models --max-results 2 --query '[length(audienceModels), nextToken]')
second=$(as_owner list-audience-models --max-results 2 --next-token "${first#*$'\t'}" \
    --query '[length(audienceModels), nextToken]')
note "pages" "${first%$'\t'*} ${second%$'\t'*}"
expect "${second#*$'\t'}" None
note "on all pages" "$(as_owner list-audience-models --page-size 2 --output json \
    --query 'length(audienceModels)')"

say "The owner sets the terms, and lets the partner in."
configured=$(as_owner create-configured-audience-model --name spring --audience-model-arn "$model" \
    --output-config \
    "destination={s3Destination={s3Uri=s3://audiences/spring}},roleArn=arn:aws:iam::$owner:role/writer" \
    --audience-size-config audienceSizeType=PERCENTAGE,audienceSizeBins=1,5,10,20 \
    --shared-audience-metrics ALL --min-matching-seed-size 500 --query configuredAudienceModelArn)
request=(start-audience-generation-job --name customers --configured-audience-model-arn "$configured"
    --seed-audience "dataSource={s3Uri=s3://seeds/customers.jsonl},roleArn=arn:aws:iam::$partner:role/reader"
    --query audienceGenerationJobArn)
refused AccessDeniedException "not authorized" as_partner "${request[@]}"
statement='{"Effect":"Allow","Principal":{"AWS":"'"$partner"'"},'
statement+='"Action":"cleanrooms-ml:StartAudienceGenerationJob","Resource":"'"$configured"'"}'
as_owner put-configured-audience-model-policy --configured-audience-model-arn "$configured" --query policyHash \
    --configured-audience-model-policy '{"Version":"2012-10-17","Statement":['"$statement"']}'

say "The partner finds people like its customers, and exports the most similar 5 percent."
job=$(as_partner "${request[@]}")
wait_until ACTIVE "audience generation job" as_partner get-audience-generation-job \
    --audience-generation-job-arn "$job" --query status
note "sizes with a relevance" "$(as_partner get-audience-generation-job --audience-generation-job-arn "$job" \
    --query 'metrics.relevanceMetrics[*].audienceSize.value' | tr '\t' ' ')"
refused ValidationException "1, 5, 10, 20" as_partner start-audience-export-job --name best \
    --audience-generation-job-arn "$job" --audience-size type=PERCENTAGE,value=7
as_partner start-audience-export-job --name best --audience-generation-job-arn "$job" \
    --audience-size type=PERCENTAGE,value=5
wait_until ACTIVE "audience export job" as_partner list-audience-export-jobs --audience-generation-job-arn "$job" \
    --query 'audienceExportJobs[0].status'

say "Nobody else sees any of it, and what is in use cannot be deleted."
refused AccessDeniedException "$dataset" as_stranger get-training-dataset --training-dataset-arn "$dataset"
refused ConflictException "still in use" as_owner delete-training-dataset --training-dataset-arn "$dataset"

say "They clean up."
as_partner delete-audience-generation-job --audience-generation-job-arn "$job"
wait_until_gone as_partner get-audience-generation-job --audience-generation-job-arn "$job" --query status
as_owner delete-configured-audience-model-policy --configured-audience-model-arn "$configured"
as_owner delete-configured-audience-model --configured-audience-model-arn "$configured"
for each in "$model" "$summer" "$autumn"; do as_owner delete-audience-model --audience-model-arn "$each"; done
wait_until_gone as_owner get-audience-model --audience-model-arn "$autumn" --query status
as_owner delete-training-dataset --training-dataset-arn "$dataset"
note "training datasets left" "$(as_owner list-training-datasets --query 'length(trainingDatasets)')"

say "Part 2: a model of their own."
say "Both say where their output goes. The owner brings the algorithm, and its terms."
as_owner put-ml-configuration --membership-identifier "$OWNER_MEMBERSHIP" --default-output-location \
    "destination={s3Destination={s3Uri=s3://models-$owner/visits}},roleArn=arn:aws:iam::$owner:role/writer"
as_partner put-ml-configuration --membership-identifier "$PARTNER_MEMBERSHIP" --default-output-location \
    "destination={s3Destination={s3Uri=s3://models-$partner/visits}},roleArn=arn:aws:iam::$partner:role/writer"
image=$owner.dkr.ecr.us-east-1.amazonaws.com/visits:1
algorithm=$(as_owner create-configured-model-algorithm --name ranking \
    --role-arn "arn:aws:iam::$owner:role/clean-rooms-ml" \
    --training-container-config "imageUri=$image,arguments=--depth,7,metricDefinitions=[{name=loss,regex=loss=(.*)}]" \
    --inference-container-config "imageUri=$image" --query configuredModelAlgorithmArn)
association=$(as_owner create-configured-model-algorithm-association --membership-identifier "$OWNER_MEMBERSHIP" \
    --name ranking --configured-model-algorithm-arn "$algorithm" --privacy-configuration \
    'policies={trainedModelExports={maxSize={unit=GB,value=2.5},filesToExport=[MODEL]}}' \
    --query configuredModelAlgorithmAssociationArn)
note "largest export" "$(as_partner get-collaboration-configured-model-algorithm-association \
    --collaboration-identifier "$COLLABORATION" --configured-model-algorithm-association-arn "$association" \
    --query 'privacyConfiguration.policies.trainedModelExports.maxSize.value')"

say "The partner queries the data of both, and trains on the result."
channel=$(as_partner create-ml-input-channel --membership-identifier "$PARTNER_MEMBERSHIP" --name visits \
    --configured-model-algorithm-associations "$association" --retention-in-days 30 \
    --input-channel '{"roleArn": "arn:aws:iam::'"$partner"':role/reader", "dataSource":
        {"protectedQueryInputParameters": {"sqlParameters":
            {"queryString": "SELECT * FROM visits WHERE country <> \"Österreich\""}}}}' \
    --query mlInputChannelArn)
wait_until ACTIVE "ML input channel" as_partner get-ml-input-channel --membership-identifier "$PARTNER_MEMBERSHIP" \
    --ml-input-channel-arn "$channel" --query status
request=(create-trained-model --membership-identifier "$PARTNER_MEMBERSHIP"
    --configured-model-algorithm-association-arn "$association"
    --resource-config instanceType=ml.m5.xlarge,volumeSizeInGB=10 --hyperparameters depth=7,rate=0.1
    --data-channels "mlInputChannelArn=$channel,channelName=training" --query trainedModelArn)
trained=$(as_partner "${request[@]}" --name ranking)
wait_until ACTIVE "trained model" as_partner get-trained-model --membership-identifier "$PARTNER_MEMBERSHIP" \
    --trained-model-arn "$trained" --query status

say "It starts a second training by mistake, and cancels it."
mistake=$(as_partner "${request[@]}" --name mistake)
as_partner cancel-trained-model --membership-identifier "$PARTNER_MEMBERSHIP" --trained-model-arn "$mistake"
wait_until INACTIVE "cancelled model" as_partner get-trained-model --membership-identifier "$PARTNER_MEMBERSHIP" \
    --trained-model-arn "$mistake" --query status

say "Inferences and the model go to the owner."
receiver="members=[{accountId=$owner}]"
inference=$(as_partner start-trained-model-inference-job --membership-identifier "$PARTNER_MEMBERSHIP" --name weekly \
    --trained-model-arn "$trained" --resource-config instanceType=ml.m5.xlarge \
    --data-source "mlInputChannelArn=$channel" --output-configuration "accept=text/csv,$receiver" \
    --query trainedModelInferenceJobArn)
wait_until ACTIVE "inference job" as_partner get-trained-model-inference-job \
    --membership-identifier "$PARTNER_MEMBERSHIP" --trained-model-inference-job-arn "$inference" --query status
as_partner start-trained-model-export-job --membership-identifier "$PARTNER_MEMBERSHIP" --name ranking \
    --trained-model-arn "$trained" --output-configuration "$receiver"
wait_until ACTIVE "trained model export job" as_owner list-collaboration-trained-model-export-jobs \
    --collaboration-identifier "$COLLABORATION" --trained-model-arn "$trained" \
    --query 'collaborationTrainedModelExportJobs[0].status'

say "The owner sees what its partner has made, but cannot change it; others see nothing."
note "owner sees channels" "$(as_owner list-collaboration-ml-input-channels \
    --collaboration-identifier "$COLLABORATION" --query 'length(collaborationMLInputChannelsList)')"
note "owner sees models" "$(as_owner list-collaboration-trained-models --collaboration-identifier "$COLLABORATION" \
    --page-size 1 --output json --query 'length(collaborationTrainedModels)')"
note "owner sees inference jobs" "$(as_owner list-collaboration-trained-model-inference-jobs \
    --collaboration-identifier "$COLLABORATION" --query 'length(collaborationTrainedModelInferenceJobs)')"
refused ResourceNotFoundException "$trained" as_owner cancel-trained-model \
    --membership-identifier "$OWNER_MEMBERSHIP" --trained-model-arn "$trained"
refused AccessDeniedException "not authorized" as_stranger list-trained-models \
    --membership-identifier "$PARTNER_MEMBERSHIP"

say "They clean up."
refused ConflictException "still in use" as_owner delete-configured-model-algorithm-association \
    --membership-identifier "$OWNER_MEMBERSHIP" --configured-model-algorithm-association-arn "$association"
as_partner delete-trained-model-output --membership-identifier "$PARTNER_MEMBERSHIP" --trained-model-arn "$trained"
as_partner delete-ml-input-channel-data --membership-identifier "$PARTNER_MEMBERSHIP" \
    --ml-input-channel-arn "$channel"
wait_until INACTIVE "deleted model" as_partner get-trained-model --membership-identifier "$PARTNER_MEMBERSHIP" \
    --trained-model-arn "$trained" --query status
wait_until INACTIVE "deleted channel" as_partner get-ml-input-channel --membership-identifier "$PARTNER_MEMBERSHIP" \
    --ml-input-channel-arn "$channel" --query status
as_owner delete-configured-model-algorithm-association --membership-identifier "$OWNER_MEMBERSHIP" \
    --configured-model-algorithm-association-arn "$association"
as_owner delete-configured-model-algorithm --configured-model-algorithm-arn "$algorithm"
as_owner delete-ml-configuration --membership-identifier "$OWNER_MEMBERSHIP"
as_partner delete-ml-configuration --membership-identifier "$PARTNER_MEMBERSHIP"
note "trained models left" "$(as_partner list-trained-models --membership-identifier "$PARTNER_MEMBERSHIP" \
    --query 'trainedModels[*].status' | tr '\t' ' ')"

printf '{%s}\n' "$facts"
