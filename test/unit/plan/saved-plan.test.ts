import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import schema from "../../../schema/plan.schema.json" with { type: "json" };
import { checkSame, parseSavedPlan, savePlan } from "../../../src/plan/saved-plan.ts";
import { Secret } from "../../../src/secret.ts";
import { imageIdentity, model, service, task } from "../../helpers/build.ts";
import { digest, World } from "../../helpers/world.ts";

const PASSWORD = "correct-horse-battery";
const keyed = { keyed: true, digest };

function shop(overrides: Parameters<typeof service>[1] = {}) {
  const env = { MODE: "fast", API_PASSWORD: new Secret(PASSWORD) };
  return model({
    services: [service("web", { container: { env }, ...overrides })],
    tasks: [task("web.migrate", { container: { env, image: imageIdentity("job:1") } })],
  });
}

async function saved(wanted = shop(), world = new World()) {
  return savePlan(await world.plan(wanted), "1.0.0", keyed);
}

describe("a saved plan", () => {
  test("fits its published schema", async () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    validate(JSON.parse(JSON.stringify(await saved())));
    expect(validate.errors).toBeNull();
  });

  test("holds no secret, in no form", async () => {
    const text = JSON.stringify(await saved());
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(Buffer.from(PASSWORD).toString("base64"));
  });

  test("before the first deploy, fits another plan of the same, although a file holds a secret", async () => {
    const placed = { target: "/run/word", mode: 0o400, content: new Secret(PASSWORD) };
    const shopWith = (digested: string, target = "/run/word") => {
      const files = [{ ...placed, target, digest: digested }];
      const inputs = { image: "sha256:1", "files./run/word": digested };
      return model({
        services: [service("web", { container: { files } })],
        tasks: [task("web.migrate", { inputs, container: { files, image: imageIdentity("j") } })],
      });
    };
    const keyless = async (...wanted: Parameters<typeof shopWith>) =>
      savePlan(await new World().plan(shopWith(...wanted)), "1.0.0", { keyed: false, digest });
    const plan = await keyless("of one key");
    const same = await keyless("of another key");
    const other = await keyless("of another key", "/run/other");
    expect(() => checkSame(plan, same)).not.toThrow();
    expect(() => checkSame(plan, other)).toThrow(expect.objectContaining({ code: "PLAN_STALE" }));
  });

  test("comes back from its own text and fits the same plan", async () => {
    const plan = await saved();
    const read = parseSavedPlan(JSON.stringify(plan), "plan.json");
    expect(() => checkSame(read, plan)).not.toThrow();
  });

  test("does not fit when a value, a secret or what is live has changed, and names what moved", async () => {
    const plan = await saved();
    const world = new World();
    await world.deploy(shop());
    const others = [
      await saved(shop({ container: { env: { MODE: "slow" } } })),
      await saved(shop({ container: { env: { MODE: "fast", API_PASSWORD: new Secret("x") } } })),
      await saved(shop({ container: { env: { MODE: "slow" } } }), world),
    ];
    for (const other of others) {
      expect(() => checkSame(plan, other)).toThrow(
        expect.objectContaining({ code: "PLAN_STALE", exitCode: 8 }),
      );
    }
    const [, , deployed] = others;
    expect(() => deployed && checkSame(plan, deployed)).toThrow(/service\.web/);
  });

  test.for(["", "{", "[]", "null", '{"format":"axon-plan"}', '{"operations":[1]}'])(
    "%j is refused as no saved plan",
    (text) => {
      expect(() => parseSavedPlan(text, "plan.json")).toThrow(
        expect.objectContaining({ code: "USAGE" }),
      );
    },
  );
});
