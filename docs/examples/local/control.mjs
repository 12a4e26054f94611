// Before a test of your client: the next training fails, and the next two polls are throttled. After it: an empty service.
const control = async (path, body) => {
  const url = `${process.env.AWS_ENDPOINT_URL_CLEANROOMSML}/_cleanroomsml/v1/${path}`;
  const response = await fetch(url, body && { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error((await response.json()).message);
  return response.json();
};

await control("fail-next", { operation: "CreateAudienceModel", message: "No rows." });
await control("faults", { fault: "Throttle", operation: "GetAudienceModel", times: 2 });
console.log((await control("faults")).faults.length);
await control("reset", {});
