import type { BuildInput } from "../../src/build-model/build-input.ts";
import { type BuildResult, buildModel } from "../../src/build-model/build-model.ts";
import { AxonError, AxonErrors } from "../../src/errors.ts";
import { Secret } from "../../src/secret.ts";
import { type ParseOptions, parseServicefile } from "../../src/servicefile/parse-servicefile.ts";
import { DEPLOYMENT, imageFacts } from "./build.ts";

export interface BuildOverrides extends Partial<BuildInput>, Pick<ParseOptions, "variables"> {}

/** What the text of a Servicefile comes to, where no image supplies anything. */
export function buildFrom(
  text: string,
  { variables, ...overrides }: BuildOverrides = {},
): BuildResult {
  const options: ParseOptions = {
    ...(variables && { variables }),
    deploymentName: () => ({ name: DEPLOYMENT, origin: "-D" }),
  };
  const servicefile = parseServicefile({ file: "Servicefile", text }, options);
  const references = Object.values(servicefile.services).map(({ image }) => image);
  return buildModel({
    servicefile,
    deployment: DEPLOYMENT,
    images: Object.fromEntries(references.map((name) => [name, imageFacts(name)])),
    endpoints: {},
    config: {},
    foreignEndpoints: {},
    store: { kind: "consul", scheme: "http", hostAndPort: "consul:8500", alias: undefined },
    customerId: "default",
    hash: { digest: (...parts) => parts.join("|"), basic: (...parts) => parts.join("|") },
    generated: (name, { length }) => new Secret(`${name}${length}`),
    certificates: { read: () => undefined, keyFits: () => "unreadable" },
    inputs: { files: {}, env: {} },
    digest: (content) =>
      typeof content === "string"
        ? `sha256:${content.length}:${content}`
        : `keyed ${content.reveal()}`,
    ...overrides,
  });
}

/** Every problem that comes up, none if there is none. */
export function problemsOf(build: () => unknown): readonly AxonError[] {
  try {
    build();
    return [];
  } catch (error) {
    if (error instanceof AxonErrors) return error.errors;
    if (error instanceof AxonError) return [error];
    throw error;
  }
}
