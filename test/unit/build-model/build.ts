import type { BuildInput } from "../../../src/build-model/build-input.ts";
import { type BuildResult, buildModel } from "../../../src/build-model/build-model.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { Secret } from "../../../src/secret.ts";
import type { Variables } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { DEPLOYMENT, imageFacts } from "../../helpers/build.ts";

export interface BuildOverrides extends Partial<Omit<BuildInput, "images" | "servicefile">> {
  /** By reference: the descriptor that is in its label. */
  readonly descriptors?: Readonly<Record<string, object>>;
  readonly images?: BuildInput["images"];
  readonly variables?: Variables;
}

/** A model from the text of a Servicefile; images supply nothing unless told otherwise. */
export function build(text: string, overrides: BuildOverrides = {}): BuildResult {
  const { descriptors = {}, images = {}, variables = () => undefined, ...rest } = overrides;
  const servicefile = parseServicefile({ file: "Servicefile", text }, { variables });
  const references = Object.values(servicefile.services).map(({ image }) => image);
  const facts = references.map((reference) => {
    const descriptor = descriptors[reference];
    const label = JSON.stringify({ axon: 1, ...descriptor });
    return [
      reference,
      imageFacts(reference, descriptor && { labels: { "io.axon.descriptor": label } }),
    ];
  });
  return buildModel({
    servicefile,
    deployment: DEPLOYMENT,
    images: { ...Object.fromEntries(facts), ...images },
    endpoints: {},
    config: {},
    foreignEndpoints: {},
    store: { kind: "consul", scheme: "http", hostAndPort: "consul:8500", alias: undefined },
    customerId: "default",
    hash: { digest: () => "0", basic: () => "0" },
    certificates: { read: () => undefined, keyFits: () => "unreadable" },
    inputs: { files: {}, env: {} },
    generated: (name) => new Secret(name),
    digest: () => "0",
    ...rest,
  });
}

/** Code and line of each problem. */
export function problemsOf(text: string, overrides?: BuildOverrides): readonly [string, unknown][] {
  try {
    build(text, overrides);
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    const errors = error instanceof AxonErrors ? error.errors : [error];
    return errors.map(({ code, at }) => [code, at?.line]);
  }
  return [];
}
