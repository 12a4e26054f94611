// Two parties go through a collaboration with the AWS SDK for JavaScript. scene.sh is the same scene, with more words.

import { isDeepStrictEqual } from "node:util";
import { connect, errors } from "./client.mjs";

const OWNER = "111122223333";
const PARTNER = "444455556666";
const { ENDPOINT, OWNER_MEMBERSHIP, PARTNER_MEMBERSHIP, COLLABORATION } = process.env;
const facts = {};
const owner = connect("owner");
const partner = connect("partner");
const stranger = connect("stranger");

function expect(value, wanted) {
  if (!isDeepStrictEqual(value, wanted)) {
    throw new Error(`got ${JSON.stringify(value)} instead of ${JSON.stringify(wanted)}`);
  }
}

function note(name, value) {
  facts[name] = String(value);
}

async function control(route, body) {
  const response = await fetch(`${ENDPOINT}/_cleanroomsml/v1/${route}`, { method: "POST", body: JSON.stringify(body) });
  expect(response.status, 200);
}

/** Expects that AWS refuses a request, with this class of error, and these words in its message. */
async function refused(name, words, request) {
  try {
    await request;
  } catch (error) {
    if (error instanceof errors[name] && error.name === name && error.message.includes(words)) return error;
    throw new Error(`expected ${name} with '${words}'`, { cause: error });
  }
  throw new Error(`was not refused with ${name}`);
}

/** Polls a status until it no longer changes by itself; notes the states. */
async function waitUntil(wanted, name, poll) {
  const seen = [];
  for (;;) {
    const status = await poll();
    if (seen.at(-1) !== status) seen.push(status);
    if (!/_(PENDING|IN_PROGRESS)$/.test(status)) break;
    await control("clock", { advance: 300 });
  }
  expect(seen.at(-1), wanted);
  note(name, seen.join(" "));
}

async function waitUntilGone(poll) {
  for (;;) {
    try {
      await poll();
    } catch (error) {
      await refused("ResourceNotFoundException", "was not found", Promise.reject(error));
      return;
    }
    await control("clock", { advance: 300 });
  }
}

/** Yields the items of all pages. */
async function* pages(call, operation, member, input) {
  let nextToken;
  do {
    const page = await call(operation, { ...input, nextToken });
    yield* page[member];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

async function count(items) {
  let number = 0;
  for await (const _ of items) number += 1;
  return number;
}

async function lookalike() {
  const { trainingDatasetArn } = await owner("CreateTrainingDataset", {
    name: "visits",
    roleArn: `arn:aws:iam::${OWNER}:role/clean-rooms-ml`,
    tags: { team: "ads", "Zweck & Ziel": "50 % größer" },
    trainingData: [
      {
        type: "INTERACTIONS",
        inputConfig: {
          schema: [
            { columnName: "user_id", columnTypes: ["USER_ID"] },
            { columnName: "item_id", columnTypes: ["ITEM_ID"] },
            { columnName: "seen_at", columnTypes: ["TIMESTAMP"] },
          ],
          dataSource: { glueDataSource: { tableName: "interactions", databaseName: "visits" } },
        },
      },
    ],
  });
  const resourceArn = trainingDatasetArn;
  note("tag", (await owner("ListTagsForResource", { resourceArn })).tags["Zweck & Ziel"]);
  await owner("TagResource", { resourceArn, tags: { season: "spring" } });
  await owner("UntagResource", { resourceArn, tagKeys: ["Zweck & Ziel", "team"] });
  note("tags left", Object.keys((await owner("ListTagsForResource", { resourceArn })).tags));

  await control("faults", { fault: "Throttle" });
  note("training datasets", (await owner("ListTrainingDatasets")).trainingDatasets.length);

  const { audienceModelArn } = await owner("CreateAudienceModel", {
    name: "spring",
    trainingDatasetArn,
    trainingDataStartTime: new Date("2026-03-01T00:00:00Z"),
    trainingDataEndTime: new Date("2026-04-01T00:00:00Z"),
  });
  const model = () => owner("GetAudienceModel", { audienceModelArn });
  await waitUntil("ACTIVE", "audience model", async () => (await model()).status);
  const { trainingDataStartTime } = await model();
  note("trained on data from", trainingDataStartTime.toISOString().slice(0, 19));

  const summer = (await owner("CreateAudienceModel", { name: "summer", trainingDatasetArn })).audienceModelArn;
  const autumn = (await owner("CreateAudienceModel", { name: "autumn", trainingDatasetArn })).audienceModelArn;
  const winter = owner("CreateAudienceModel", { name: "winter", trainingDatasetArn });
  const error = await refused("ServiceQuotaExceededException", "is 2", winter);
  expect([error.quotaValue, error.quotaName.length > 0], [2, true]);
  const first = await owner("ListAudienceModels", { maxResults: 2 });
  const second = await owner("ListAudienceModels", { maxResults: 2, nextToken: first.nextToken });
  note("pages", `${first.audienceModels.length} ${second.audienceModels.length}`);
  expect(second.nextToken, undefined);
  note("on all pages", await count(pages(owner, "ListAudienceModels", "audienceModels", { maxResults: 2 })));

  const { configuredAudienceModelArn } = await owner("CreateConfiguredAudienceModel", {
    name: "spring",
    audienceModelArn,
    outputConfig: {
      destination: { s3Destination: { s3Uri: "s3://audiences/spring" } },
      roleArn: `arn:aws:iam::${OWNER}:role/writer`,
    },
    audienceSizeConfig: { audienceSizeType: "PERCENTAGE", audienceSizeBins: [1, 5, 10, 20] },
    sharedAudienceMetrics: ["ALL"],
    minMatchingSeedSize: 500,
  });
  const request = {
    name: "customers",
    configuredAudienceModelArn,
    seedAudience: {
      dataSource: { s3Uri: "s3://seeds/customers.jsonl" },
      roleArn: `arn:aws:iam::${PARTNER}:role/reader`,
    },
  };
  await refused("AccessDeniedException", "not authorized", partner("StartAudienceGenerationJob", request));
  const statement = {
    Effect: "Allow",
    Principal: { AWS: PARTNER },
    Action: "cleanrooms-ml:StartAudienceGenerationJob",
    Resource: configuredAudienceModelArn,
  };
  await owner("PutConfiguredAudienceModelPolicy", {
    configuredAudienceModelArn,
    configuredAudienceModelPolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });

  const { audienceGenerationJobArn } = await partner("StartAudienceGenerationJob", request);
  const job = () => partner("GetAudienceGenerationJob", { audienceGenerationJobArn });
  await waitUntil("ACTIVE", "audience generation job", async () => (await job()).status);
  const relevance = (await job()).metrics.relevanceMetrics;
  note("sizes with a relevance", relevance.map((each) => each.audienceSize.value).join(" "));
  const size = (value) => ({ name: "best", audienceGenerationJobArn, audienceSize: { type: "PERCENTAGE", value } });
  await refused("ValidationException", "1, 5, 10, 20", partner("StartAudienceExportJob", size(7)));
  await partner("StartAudienceExportJob", size(5));
  await waitUntil("ACTIVE", "audience export job", async () => {
    return (await partner("ListAudienceExportJobs", { audienceGenerationJobArn })).audienceExportJobs[0].status;
  });

  await refused("AccessDeniedException", trainingDatasetArn, stranger("GetTrainingDataset", { trainingDatasetArn }));
  await refused("ConflictException", "still in use", owner("DeleteTrainingDataset", { trainingDatasetArn }));

  await partner("DeleteAudienceGenerationJob", { audienceGenerationJobArn });
  await waitUntilGone(job);
  await owner("DeleteConfiguredAudienceModelPolicy", { configuredAudienceModelArn });
  await owner("DeleteConfiguredAudienceModel", { configuredAudienceModelArn });
  for (const each of [audienceModelArn, summer, autumn]) await owner("DeleteAudienceModel", { audienceModelArn: each });
  await waitUntilGone(() => owner("GetAudienceModel", { audienceModelArn: autumn }));
  await owner("DeleteTrainingDataset", { trainingDatasetArn });
  note("training datasets left", (await owner("ListTrainingDatasets")).trainingDatasets.length);
}

async function customModel() {
  const owned = (input) => ({ membershipIdentifier: OWNER_MEMBERSHIP, ...input });
  const shared = (input) => ({ membershipIdentifier: PARTNER_MEMBERSHIP, ...input });
  const all = (input) => ({ collaborationIdentifier: COLLABORATION, ...input });
  const output = (account) => ({
    defaultOutputLocation: {
      destination: { s3Destination: { s3Uri: `s3://models-${account}/visits` } },
      roleArn: `arn:aws:iam::${account}:role/writer`,
    },
  });
  await owner("PutMLConfiguration", owned(output(OWNER)));
  await partner("PutMLConfiguration", shared(output(PARTNER)));
  const imageUri = `${OWNER}.dkr.ecr.us-east-1.amazonaws.com/visits:1`;
  const { configuredModelAlgorithmArn } = await owner("CreateConfiguredModelAlgorithm", {
    name: "ranking",
    roleArn: `arn:aws:iam::${OWNER}:role/clean-rooms-ml`,
    trainingContainerConfig: {
      imageUri,
      arguments: ["--depth", "7"],
      metricDefinitions: [{ name: "loss", regex: "loss=(.*)" }],
    },
    inferenceContainerConfig: { imageUri },
  });
  const exports = { maxSize: { unit: "GB", value: 2.5 }, filesToExport: ["MODEL"] };
  const association = await owner(
    "CreateConfiguredModelAlgorithmAssociation",
    owned({
      name: "ranking",
      configuredModelAlgorithmArn,
      privacyConfiguration: { policies: { trainedModelExports: exports } },
    }),
  );
  const { configuredModelAlgorithmAssociationArn } = association;
  const terms = await partner("GetCollaborationConfiguredModelAlgorithmAssociation", all(association));
  note("largest export", terms.privacyConfiguration.policies.trainedModelExports.maxSize.value);

  const query = { sqlParameters: { queryString: 'SELECT * FROM visits WHERE country <> "Österreich"' } };
  const { mlInputChannelArn } = await partner(
    "CreateMLInputChannel",
    shared({
      name: "visits",
      configuredModelAlgorithmAssociations: [configuredModelAlgorithmAssociationArn],
      retentionInDays: 30,
      inputChannel: {
        roleArn: `arn:aws:iam::${PARTNER}:role/reader`,
        dataSource: { protectedQueryInputParameters: query },
      },
    }),
  );
  const channel = async () => (await partner("GetMLInputChannel", shared({ mlInputChannelArn }))).status;
  await waitUntil("ACTIVE", "ML input channel", channel);
  const request = {
    configuredModelAlgorithmAssociationArn,
    resourceConfig: { instanceType: "ml.m5.xlarge", volumeSizeInGB: 10 },
    hyperparameters: { depth: "7", rate: "0.1" },
    dataChannels: [{ mlInputChannelArn, channelName: "training" }],
  };
  const status = (trainedModelArn) => async () => {
    return (await partner("GetTrainedModel", shared({ trainedModelArn }))).status;
  };
  const { trainedModelArn } = await partner("CreateTrainedModel", shared({ ...request, name: "ranking" }));
  await waitUntil("ACTIVE", "trained model", status(trainedModelArn));

  const mistake = (await partner("CreateTrainedModel", shared({ ...request, name: "mistake" }))).trainedModelArn;
  await partner("CancelTrainedModel", shared({ trainedModelArn: mistake }));
  await waitUntil("INACTIVE", "cancelled model", status(mistake));

  const receiver = { members: [{ accountId: OWNER }] };
  const { trainedModelInferenceJobArn } = await partner(
    "StartTrainedModelInferenceJob",
    shared({
      name: "weekly",
      trainedModelArn,
      resourceConfig: { instanceType: "ml.m5.xlarge" },
      dataSource: { mlInputChannelArn },
      outputConfiguration: { accept: "text/csv", ...receiver },
    }),
  );
  await waitUntil("ACTIVE", "inference job", async () => {
    return (await partner("GetTrainedModelInferenceJob", shared({ trainedModelInferenceJobArn }))).status;
  });
  await partner(
    "StartTrainedModelExportJob",
    shared({ name: "ranking", trainedModelArn, outputConfiguration: receiver }),
  );
  await waitUntil("ACTIVE", "trained model export job", async () => {
    const jobs = await owner("ListCollaborationTrainedModelExportJobs", all({ trainedModelArn }));
    return jobs.collaborationTrainedModelExportJobs[0].status;
  });

  const channels = await owner("ListCollaborationMLInputChannels", all());
  note("owner sees channels", channels.collaborationMLInputChannelsList.length);
  const models = pages(
    owner,
    "ListCollaborationTrainedModels",
    "collaborationTrainedModels",
    all({ maxResults: 1 }),
  );
  note("owner sees models", await count(models));
  const jobs = await owner("ListCollaborationTrainedModelInferenceJobs", all());
  note("owner sees inference jobs", jobs.collaborationTrainedModelInferenceJobs.length);
  const cancelling = owner("CancelTrainedModel", owned({ trainedModelArn }));
  await refused("ResourceNotFoundException", trainedModelArn, cancelling);
  await refused("AccessDeniedException", "not authorized", stranger("ListTrainedModels", shared()));

  const ending = owned({ configuredModelAlgorithmAssociationArn });
  await refused("ConflictException", "still in use", owner("DeleteConfiguredModelAlgorithmAssociation", ending));
  await partner("DeleteTrainedModelOutput", shared({ trainedModelArn }));
  await partner("DeleteMLInputChannelData", shared({ mlInputChannelArn }));
  await waitUntil("INACTIVE", "deleted model", status(trainedModelArn));
  await waitUntil("INACTIVE", "deleted channel", channel);
  await owner("DeleteConfiguredModelAlgorithmAssociation", ending);
  await owner("DeleteConfiguredModelAlgorithm", { configuredModelAlgorithmArn });
  await owner("DeleteMLConfiguration", owned());
  await partner("DeleteMLConfiguration", shared());
  const { trainedModels } = await partner("ListTrainedModels", shared());
  note("trained models left", trainedModels.map((each) => each.status).join(" "));
}

try {
  await lookalike();
  await customModel();
  console.log(JSON.stringify(facts));
} catch (error) {
  console.error(error);
  console.error(`scene.mjs: ${error.name}: ${error.message}`);
  process.exitCode = 1;
}
