import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import {
  DEFAULT_STORE_IMAGE,
  ensureStore,
  type StoreSession,
} from "../../../src/cli/ensure-store.ts";
import { createPalette } from "../../../src/cli/output/palette.ts";
import { STORE_TOKEN_LINK } from "../../../src/system/system-model.ts";
import { imageFacts } from "../../helpers/build.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";

const STORE = "axon-system-consul";
const IMAGE = "consul:1";
const { signal } = new AbortController();

function contextOf(): Context {
  const output = { write: () => true, isTerminal: false, columns: 80 };
  let count = 0;
  const used: Partial<Context> = {
    stdout: output,
    stderr: output,
    env: { AXON_CONSUL_IMAGE: IMAGE },
    palette: createPalette(false),
    errorPalette: createPalette(false),
    stop: signal,
    abort: signal,
    now: () => new Date(0),
    random: () => {
      count += 1;
      return String(count).repeat(64);
    },
  };
  return used as Context;
}

/** On which no store starts that has no token. */
function openEngine(): FakeEngine {
  const engine = new FakeEngine().addImage(imageFacts(IMAGE));
  engine.intercept = async (call) => {
    if (!call.startsWith("startContainer")) return;
    if ((await tokenOn(engine)) === undefined) throw new Error(`${call}: no token`);
  };
  return engine;
}

async function tokenOn(engine: FakeEngine): Promise<string | undefined> {
  return engine.readLink(STORE, STORE_TOKEN_LINK, signal);
}

function ensure(engine: FakeEngine, agree?: StoreSession["agree"]): Promise<void> {
  const session = { engine, onEvent: () => {}, agree };
  return ensureStore(session as StoreSession, contextOf());
}

class Killed extends Error {}

test("the image has a version, which is that of the pages", () => {
  expect(DEFAULT_STORE_IMAGE).toMatch(/:\d+\.\d+/);
  for (const page of ["README.md", "docs/cli.md", "docs/store.md"]) {
    const named = readFileSync(page, "utf8").match(/(?<=`)hashicorp\/consul[^`]*/g);
    expect(new Set(named)).toEqual(new Set([DEFAULT_STORE_IMAGE]));
  }
});

test("the store has its token before it starts for the first time", async () => {
  const engine = openEngine();
  await ensure(engine);
  expect(engine.container(STORE)).toMatchObject({ status: "running" });
  expect(await tokenOn(engine)).toMatch(/^1{8}(-1{4}){3}-1{12}$/);
});

test("a deployer that is killed anywhere leaves what the next one finishes", async () => {
  const whole = openEngine();
  await ensure(whole);
  expect(whole.mutations).toBeGreaterThan(4);
  for (let survived = 0; survived < whole.mutations; survived += 1) {
    const engine = openEngine();
    const { intercept } = engine;
    engine.intercept = async (call) => {
      if (engine.mutations > survived) throw new Killed();
      await intercept?.(call);
    };
    await ensure(engine).catch(() => {});
    engine.intercept = intercept;
    await ensure(engine);
    expect(engine.container(STORE)).toMatchObject({ status: "running" });
    expect(await tokenOn(engine)).toBeDefined();
  }
});

test("a store that runs and has lost its token, or does not take it, is started anew", async () => {
  for (const lose of [loseToken, refuseToken]) {
    const engine = openEngine();
    await ensure(engine);
    const before = engine.container(STORE).id;
    lose(engine);
    engine.calls.length = 0;
    await ensure(engine);
    expect(engine.container(STORE)).toMatchObject({ id: before, status: "running" });
    expect(engine.calls).toEqual(
      expect.arrayContaining([`stopContainer ${STORE}`, `startContainer ${STORE}`]),
    );
  }
});

function loseToken(engine: FakeEngine): void {
  engine.removeLinks();
}

function refuseToken(engine: FakeEngine): void {
  engine.container(STORE).health = "unhealthy";
}

test("a store that is as it should be is left alone", async () => {
  const engine = openEngine();
  await ensure(engine);
  const { mutations } = engine;
  await ensure(engine);
  expect(engine.mutations).toBe(mutations);
});

test("a store of an earlier Axon is left as it is by who does not agree that it is made anew", async () => {
  const engine = openEngine();
  await ensure(engine);
  engine.removeLinks();
  const old = engine.container(STORE);
  old.spec = { ...old.spec, env: {} };
  const { mutations } = engine;
  const declined = new Error("declined");
  await expect(ensure(engine, () => Promise.reject(declined))).rejects.toBe(declined);
  expect(engine.mutations).toBe(mutations);
  expect(await tokenOn(engine)).toBeUndefined();

  const seen: string[] = [];
  await ensure(engine, async ({ changes }) => {
    seen.push(...changes.map(({ action, name }) => `${action} ${name}`));
  });
  expect(seen.join()).toMatch(/replace/);
  expect(engine.container(STORE).id).not.toBe(old.id);
});
