import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Model } from "../../../src/model.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { completeModel } from "../../../src/state/complete-model.ts";
import { decodeSnapshot, encodeSnapshot } from "../../../src/state/encode-model.ts";
import { readRevision } from "../../../src/state/revisions.ts";
import { writeRevision } from "../../../src/state/write-revision.ts";
import { model, route, service, task } from "../../helpers/build.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

/** Anything that a model may consist of. Codec and store know nothing of its shape. */
const { anyValue } = fc.letrec((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }).map((text) => new Secret(text)),
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
    fc.array(tie("anyValue"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("$", "__proto__", "value", "entries")),
      tie("anyValue"),
      { maxKeys: 4 },
    ),
  ),
}));

/** Secrets are equal to everything for a test that does not open them. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, opened(item)]);
}

/** As a model and as a configuration. */
function throughText(value: unknown): unknown {
  const { model: found, config } = decodeSnapshot(
    encodeSnapshot({ model: value as Model, config: value as Record<string, string> }),
  );
  expect(opened(config)).toStrictEqual(opened(found));
  return found;
}

describe("the encoding of a model", () => {
  test("gives back what went in, down to what is undefined", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const found = throughText(value);
        expect(opened(found)).toStrictEqual(opened(value));
      }),
      { numRuns: 500 },
    );
  });

  test("of an Axon that knew fewer fields gets what a container without them has", () => {
    const { memory: _, files: __, ...older } = service("web").container;
    const stored = { ...model(), services: { web: { ...service("web"), container: older } } };
    const { services } = completeModel(throughText(stored) as Model);
    expect(services.web?.container).toMatchObject({ memory: undefined, files: [] });
  });

  test("of another version is refused", () => {
    expect(() => decodeSnapshot('{"version":2,"model":{}}')).toThrow("version 2");
    expect(() => decodeSnapshot("{}")).toThrow("version");
  });
});

describe("a revision in the store", () => {
  const plantedText = fc.uint8Array({ minLength: 12, maxLength: 40 }).map((bytes) => {
    return `${Buffer.from(bytes).toString("base64url")}!ü"`;
  });

  test("gives its secrets back, and shows them in no key and no value, in no spelling", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plantedText, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 200_000 }),
        async (secrets, padding) => {
          const store = new MemoryKvStore();
          const wanted = planted(secrets, randomBytes(padding).toString("hex"));
          const number = await writeRevision(store, {
            deployment: "shop",
            config: {},
            model: wanted,
            facts: FACTS,
            random: () => randomBytes(32).toString("hex"),
          });
          const found = await readRevision(store, { deployment: "shop", number });
          expect(opened(found.model)).toStrictEqual(opened(wanted));
          const stored = JSON.stringify(store.entries());
          const bytes = Object.values(store.entries()).map((text) => Buffer.from(text, "base64"));
          for (const secret of secrets) {
            for (const spelling of spellings(secret)) expect(stored.includes(spelling)).toBe(false);
            expect(bytes.some((decoded) => decoded.includes(secret))).toBe(false);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const FACTS = {
    at: "2026-01-02T03:04:05.000Z",
    who: "ana@build",
    command: "axon deploy",
    durationMilliseconds: 1,
    outcome: "complete",
    axonVersion: "0.1.0",
    summary: {},
  } as const;

  /** In every place of a model that takes a secret. */
  function planted(secrets: readonly string[], padding: string): Model {
    const env = Object.fromEntries(secrets.map((text, index) => [`E${index}`, new Secret(text)]));
    return model({
      services: [service("web", { container: { env: { ...env, PADDING: padding } } })],
      tasks: [task("web.migrate", { inputs: env, container: { env } })],
      config: env,
      routes: {
        "shop--web": route("shop--web", {
          auth: { mode: "basic", realm: "protected", users: Object.values(env) },
        }),
      },
    });
  }

  function spellings(secret: string): readonly string[] {
    const bytes = Buffer.from(secret);
    const shifted = [0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString("base64")
        .slice(4, -4),
    );
    const plain = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
    return [...plain, bytes.toString("hex"), ...shifted];
  }

  test("the planted secrets are found where they are in the clear", () => {
    const text = encodeSnapshot({ model: planted(['planted-secret-1!ü"'], ""), config: {} });
    expect(spellings('planted-secret-1!ü"').some((spelling) => text.includes(spelling))).toBe(true);
    expect(reveal(new Secret("x"))).toBe("x");
  });
});
