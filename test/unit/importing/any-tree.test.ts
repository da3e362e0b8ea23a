import fc from "fast-check";
import { expect, test } from "vitest";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { importCompose } from "../../../src/importing/compose/import-compose.ts";
import { SERVICE_KEYS } from "../../../src/importing/compose/service-keys.ts";
import { CONTAINER_KEYS } from "../../../src/importing/docker-config/container-keys.ts";
import { importDockerConfig } from "../../../src/importing/docker-config/import-docker-config.ts";
import { OtherTexts } from "../../../src/importing/other-texts.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const RUNS = { numRuns: 150, seed: 1, interruptAfterTimeLimit: 4000 };

function inputOf(text: string) {
  return {
    files: [{ file: "any.yaml", text, directory: "" }],
    others: new OtherTexts(
      () => ({ isThere: false }),
      (path) => path,
    ),
    variables: () => undefined,
    profiles: ["debug"],
    projectName: "any",
  };
}

/** What is imported is a Servicefile; what cannot be is an error that a user can read. */
function expectSound(attempt: () => { readonly text: string } | undefined): void {
  let text: string | undefined;
  try {
    text = attempt()?.text;
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    return;
  }
  expect(() => parseServicefile({ file: "S", text: text ?? "" })).not.toThrow();
}

const word = fc.oneof(
  fc.constantFrom("web", "db", "a:b", "8080:80", "./x:/y:ro", "${A:-b}", "$$", "=", "__proto__"),
  fc.constantFrom("constructor", "1-2:3-4", "5s", "64m", "host", "service:db", "", "on-failure:3"),
  fc.string({ maxLength: 8 }),
);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const keys = fc.constantFrom(
  "source",
  "target",
  "condition",
  "test",
  "options",
  "soft",
  "web",
  "path",
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(keys, word), tie("any"), { maxKeys: 3 }),
  ),
})).any;

function bodies(names: readonly string[]) {
  const key = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: word },
  );
  return fc.dictionary(key, value, { maxKeys: 5 }).map((body) => ({ image: "x", ...body }));
}

const services = fc.dictionary(
  word,
  bodies([...Object.keys(SERVICE_KEYS), "extends", "networks", "profiles"]),
  {
    maxKeys: 3,
  },
);
const sections = fc.record(
  { networks: value, volumes: value, configs: value, secrets: value, name: scalar },
  { requiredKeys: [] },
);

test("any tree of services is imported, or is an error", () => {
  const trees = fc.tuple(services, sections).map(([found, rest]) => ({ services: found, ...rest }));
  fc.assert(
    fc.property(trees, (tree) => {
      expectSound(() => importCompose(inputOf(JSON.stringify(tree))));
    }),
    RUNS,
  );
});

test("any tree of steps is imported, or is an error", () => {
  const containers = bodies([...Object.keys(CONTAINER_KEYS), "action", "detach", "start_order"]);
  const steps = fc.dictionary(
    fc.constantFrom("step_1", "step_4", "step_9", "web"),
    fc.dictionary(word, containers, { maxKeys: 3 }),
  );
  fc.assert(
    fc.property(steps, (tree) => {
      expectSound(() => importDockerConfig(inputOf(JSON.stringify(tree))));
    }),
    RUNS,
  );
});

test("any text is imported, or is an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expectSound(() => importCompose(inputOf(`services: {web: {image: x}}\n${text}`)));
      expectSound(() => importDockerConfig(inputOf(text)));
    }),
    RUNS,
  );
});
