// A test in JavaScript, with @aws-sdk/client-cleanroomsml, which uses AWS_ENDPOINT_URL_CLEANROOMSML.
import { CleanRoomsMLClient, ListAudienceModelsCommand } from "@aws-sdk/client-cleanroomsml";

const endpoint = process.env.AWS_ENDPOINT_URL_CLEANROOMSML;
const control = (path, body) =>
  fetch(`${endpoint}/_cleanroomsml/v1/${path}`, { method: "POST", body: JSON.stringify(body) });

await control("faults", { fault: "ErrorResponse", code: "InternalServiceException", operation: "ListAudienceModels" });
const client = new CleanRoomsMLClient({ maxAttempts: 1 });
await client.send(new ListAudienceModelsCommand({})).catch((error) => console.log(error.name));
await control("reset", {});
