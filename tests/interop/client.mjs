// The AWS SDK for JavaScript, as it is for this service: signing, retries, serialization, errors.
//
// A client of the SDK is data: schemas that AWS generates from the model of a service, beside a runtime that all
// clients share. Its package for this service, @aws-sdk/client-cleanroomsml, is not in every registry. So this takes
// the client for AWS Clean Rooms, and gives it schemas made from AWS's model of Clean Rooms ML, which botocore contains.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CleanRoomsClient } from "@aws-sdk/client-cleanrooms";
import { Command, ServiceException } from "@smithy/core/client";
import { getEndpointPlugin } from "@smithy/core/endpoints";
import { TypeRegistry } from "@smithy/core/schema";

const NAMESPACE = "com.amazonaws.cleanroomsml";
const SIMPLE = { string: 0, integer: 1, long: 1, double: 1, boolean: 2, timestamp: 5 }; // 5: date-time
const ENDPOINT = {
  UseFIPS: { type: "builtInParams", name: "useFipsEndpoint" },
  Endpoint: { type: "builtInParams", name: "endpoint" },
  Region: { type: "builtInParams", name: "region" },
  UseDualStack: { type: "builtInParams", name: "useDualstackEndpoint" },
};

const model = JSON.parse(gunzipSync(readFileSync(process.env.SERVICE_MODEL)));
const made = new Map();
const registry = TypeRegistry.for(NAMESPACE);

/** Returns the schema of a shape, as the SDK has it. */
function schema(name) {
  const shape = model.shapes[name];
  if (shape.type in SIMPLE) return SIMPLE[shape.type];
  if (!made.has(name)) {
    made.set(name, []);
    made.get(name).push(...complex(name, shape));
  }
  return made.get(name);
}

function complex(name, shape) {
  if (shape.type === "list") return [1, NAMESPACE, name, 0, () => schema(shape.member.shape)];
  if (shape.type === "map") {
    return [2, NAMESPACE, name, 0, () => schema(shape.key.shape), () => schema(shape.value.shape)];
  }
  const members = Object.values(shape.members).map((member) => [() => schema(member.shape), traits(member)]);
  const names = Object.keys(shape.members);
  if (!shape.exception) return [3, NAMESPACE, name, 0, names, members];
  return [-3, NAMESPACE, name, { error: faultOf(shape), httpError: shape.error.httpStatusCode }, names, members];
}

function faultOf(shape) {
  return shape.fault ? "server" : "client";
}

function traits(member) {
  if (member.location === "uri") return 1;
  return member.location === "querystring" ? { httpQuery: member.locationName } : 0;
}

/** The classes of the errors, by name. */
export const errors = Object.fromEntries(
  Object.entries(model.shapes)
    .filter(([, shape]) => shape.exception)
    .map(([name, shape]) => {
      const ErrorClass = class extends ServiceException {
        constructor(options) {
          super({ name, $fault: faultOf(shape), ...options });
          Object.setPrototypeOf(this, ErrorClass.prototype);
        }
      };
      registry.registerError(schema(name), ErrorClass);
      return [name, ErrorClass];
    }),
);

function commandOf(name) {
  const { http, input, output } = model.operations[name];
  const empty = [3, NAMESPACE, `${name}Output`, 0, [], []];
  const operation = [
    9,
    NAMESPACE,
    name,
    { http: [http.method, http.requestUri, http.responseCode] },
    () => (input ? schema(input.shape) : empty),
    () => (output ? schema(output.shape) : empty),
  ];
  return class extends Command.classBuilder()
    .ep(ENDPOINT)
    .m((command, _serializers, config) => [getEndpointPlugin(config, command.getEndpointParameterInstructions())])
    .s(model.metadata.serviceId, name, {})
    .n("CleanRoomsMLClient", `${name}Command`)
    .sc(operation)
    .build() {};
}

const commands = Object.fromEntries(Object.keys(model.operations).map((name) => [name, commandOf(name)]));

/** Returns a function that calls operations by their AWS names, with the credentials and the region of a profile. */
export function connect(profile) {
  const client = new CleanRoomsClient({
    profile,
    // The SDK would take the endpoint from the profile that AWS_PROFILE names, not from this one.
    endpoint: process.env.ENDPOINT,
    serviceId: model.metadata.serviceId,
    httpAuthSchemeProvider: ({ region }) => [
      {
        schemeId: "aws.auth#sigv4",
        signingProperties: { name: model.metadata.signingName, region },
        propertiesExtractor: (config, context) => ({ signingProperties: { config, context } }),
      },
    ],
    protocolSettings: {
      defaultNamespace: NAMESPACE,
      errorTypeRegistries: [registry],
      version: model.metadata.apiVersion,
    },
  });
  return (operation, input = {}) => client.send(new commands[operation](input));
}
