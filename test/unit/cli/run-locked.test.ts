import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { createPalette } from "../../../src/cli/output/palette.ts";
import { type LockedRun, runLocked } from "../../../src/cli/run-locked.ts";
import { AxonError } from "../../../src/errors.ts";
import type { Model } from "../../../src/model.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { traefikRouter } from "../../../src/router/traefik-router.ts";
import { Secret } from "../../../src/secret.ts";
import { beginRun, readJournal } from "../../../src/state/journal.ts";
import { forceUnlock, readLock } from "../../../src/state/lock.ts";
import { listRevisions } from "../../../src/state/revisions.ts";
import { journalKey } from "../../../src/store-layout.ts";
import { DEPLOYMENT, imageIdentity, model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const AWAY = new AxonError("STORE_UNREACHABLE", "no store answers");

interface Ended {
  readonly problem: unknown;
  readonly stdout: string;
  /** Without the lines of progress. */
  readonly list: string;
}

interface Meanwhile {
  /** What is wanted by the time that the lock is there. */
  readonly underLock?: Model;
  /** What comes of a plan that is not the one that was shown. */
  readonly agreed?: AxonError | undefined;
}

interface Agreement extends Pick<Meanwhile, "agreed"> {
  readonly plan: Plan;
  readonly look: () => Promise<{ readonly plan: Plan; readonly model: Model | undefined }>;
}

/** A deployment on an engine and a store in memory. */
class Desk {
  readonly world = new World();
  stop = new AbortController();

  async deploy(wanted: Model, { underLock = wanted, agreed }: Meanwhile = {}): Promise<Ended> {
    const look = async (asked: Model) => ({ plan: await this.world.plan(asked), model: asked });
    const { plan } = await look(wanted);
    return this.#run("axon deploy", { plan, look: () => look(underLock), agreed });
  }

  async destroy(): Promise<Ended> {
    const look = async () => ({
      plan: planDestruction(DEPLOYMENT, await this.world.observe(), { volumes: false }),
      model: undefined,
    });
    return this.#run("axon destroy", { ...(await look()), look });
  }

  /** Whether a journal is left, and how many revisions there are. */
  async remembered() {
    const { store } = this.world;
    const [journal, { records }] = await Promise.all([
      readJournal(store, DEPLOYMENT),
      listRevisions(store, DEPLOYMENT),
    ]);
    return { journal: journal !== undefined, outcomes: records.map(({ outcome }) => outcome) };
  }

  /** Once this call is made of the engine. */
  when(call: string, happens: () => unknown): void {
    this.world.engine.intercept = async (made) => {
      if (made.startsWith(call)) await happens();
    };
  }

  /** Nobody interrupts it any more. */
  resume(): void {
    this.stop = new AbortController();
    this.world.engine.intercept = async () => {};
  }

  storeIsAway(isAway: boolean): void {
    this.world.store.failure = isAway ? AWAY : undefined;
  }

  async #run(command: string, { plan, look, agreed }: Agreement): Promise<Ended> {
    const { engine, store } = this.world;
    const said = { stdout: "", stderr: "" };
    const run: LockedRun = {
      deployment: DEPLOYMENT,
      engine,
      store,
      routerOn: (guarded) => traefikRouter(guarded, async () => {}),
      plan,
      command,
      lockTimeout: 0,
      source: undefined,
      replan: async () => {
        const now = await look();
        const { revision = 0, journal } = (await this.world.observe()).store;
        return { ...now, revision: revision + 1, journal };
      },
      agreed: async () => {
        if (agreed !== undefined) throw agreed;
      },
    };
    const problem = await runLocked(run, contextOf(said, this.stop.signal)).then(
      () => undefined,
      (error: unknown) => error,
    );
    const list = said.stderr.split("\n").filter((line) => /^( {2}|note: )/.test(line));
    return { problem, stdout: said.stdout, list: list.join("\n") };
  }
}

function contextOf(said: { stdout: string; stderr: string }, stop: AbortSignal): Context {
  const output = (name: keyof typeof said) => ({
    isTerminal: false,
    columns: 80,
    write: (text: string) => {
      said[name] += text;
    },
  });
  const used: Partial<Context> = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: { AXON_USER: "ana" },
    palette: createPalette(false),
    errorPalette: createPalette(false),
    stop,
    abort: new AbortController().signal,
    now: () => new Date(0),
    random: () => "0".repeat(64),
  };
  return used as Context;
}

const web = (tag: string) => service("web", { container: { image: imageIdentity(`web:${tag}`) } });
const db = service("db", { step: 2 });
const shop = (tag = "1") => model({ services: [db, web(tag)] });

test("a store that is away after everything was done: all of it is listed, and the next run completes the history", async () => {
  const desk = new Desk();
  desk.when("awaitContainer shop-web-1", () => desk.storeIsAway(true));
  const { problem, stdout, list } = await desk.deploy(shop());
  expect(problem).toMatchObject({
    code: "NOT_REMEMBERED",
    message: "everything was done, but the history does not have it: no store answers",
    exitCode: 6,
  });
  expect(list).toBe("  done     network shop\n  done     db\n  done     web");
  expect(stdout).toBe("");

  desk.storeIsAway(false);
  expect(await desk.remembered()).toEqual({ journal: true, outcomes: [] });
  desk.when("no call", () => {});
  await freeLock(desk);
  expect(await desk.deploy(shop())).toEqual({ problem: undefined, stdout: "", list: "" });
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: ["complete"] });
});

test("a store that is away when something failed hides neither what was done nor the failure", async () => {
  const desk = new Desk();
  desk.world.engine.failOn.set(
    "createContainer shop-web-1",
    new AxonError("ENGINE_REFUSED", "no space left"),
  );
  desk.when("createContainer shop-web-1", () => desk.storeIsAway(true));
  const { problem, list } = await desk.deploy(shop());
  expect(problem).toMatchObject({ code: "ENGINE_REFUSED", message: "no space left", exitCode: 6 });
  expect(list).toBe(
    [
      "  done     network shop",
      "  done     db",
      "  failed   web: no space left",
      "note: the history does not have this run: no store answers",
    ].join("\n"),
  );
});

test("what was done is listed when the lock is lost, also when that is seen only at the end", async () => {
  const desk = new Desk();
  desk.when("awaitContainer shop-web-1", () => freeLock(desk));
  const { problem, list } = await desk.deploy(shop());
  expect(problem).toMatchObject({ code: "LOCK_LOST", exitCode: 9 });
  expect(list).toBe("  done     network shop\n  done     db\n  done     web");
});

test("what was done and what was not is listed when the lock is lost in the middle", async () => {
  const desk = new Desk();
  desk.when("createContainer shop-db-1", () => freeLock(desk));
  const endpoints = { "db/sql": "shop-db-1:5432" };
  const { problem, list } = await desk.deploy({ ...shop(), endpoints });
  expect(problem).toMatchObject({ code: "LOCK_LOST", exitCode: 9 });
  expect(list).toMatch(/^ {2}done {5}network shop\n {2}failed {3}db: the lock of shop is lost/);
  expect(list).toMatch(/\n {2}skipped {2}web$/);
});

test("a run that fails by itself is remembered as far as it came", async () => {
  const desk = new Desk();
  desk.world.engine.failOn.set("createContainer shop-web-1", AWAY);
  expect((await desk.deploy(shop())).problem).toMatchObject({ exitCode: 6 });
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: ["partial"] });
});

test("keys that an import changed before it was cut off are carried on by what is cut off after it, and remembered once", async () => {
  const desk = new Desk();
  await desk.deploy(shop());
  const { store } = desk.world;
  const keys = { "mail.from": "create" };
  const cutOff = { command: "axon kv import", who: "ben", at: new Date(0).toISOString(), keys };
  await beginRun(store, DEPLOYMENT, { ...cutOff, revision: 2, changes: [] });

  desk.when("createContainer", () => freeLock(desk));
  expect((await desk.deploy(shop("2"))).problem).toMatchObject({ code: "LOCK_LOST" });
  const journal = await readJournal(store, DEPLOYMENT);
  expect(journal).toMatchObject({ record: { command: "axon deploy", keys } });

  desk.when("no call", () => {});
  expect((await desk.deploy(shop("2"))).problem).toBeUndefined();
  const { records } = await listRevisions(store, DEPLOYMENT);
  expect(records.map((record) => record.keys)).toEqual([keys, undefined]);
});

test("a secret that somebody changes before the lock is there is no part of what was agreed to", async () => {
  const desk = new Desk();
  const withPassword = (password: string) => {
    const container = { env: { PASSWORD: new Secret(password) } };
    return model({ services: [service("web", { container })] });
  };
  const stale = new AxonError("PLAN_STALE", "the saved plan does not fit any more");
  const [before, after] = [withPassword("old"), withPassword("new")];
  expect((await desk.deploy(before, { underLock: after, agreed: stale })).problem).toBe(stale);
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: [] });

  expect(
    (await desk.deploy(before, { underLock: withPassword("old"), agreed: stale })).problem,
  ).toBeUndefined();
});

test("what was interrupted is remembered as far as it came, and its journal stays until it is done", async () => {
  const desk = new Desk();
  desk.when("awaitContainer shop-db-1", () => desk.stop.abort());
  expect((await desk.deploy(shop())).problem).toMatchObject({ code: "INTERRUPTED", exitCode: 130 });
  expect(await desk.remembered()).toEqual({ journal: true, outcomes: ["partial"] });

  desk.resume();
  expect((await desk.deploy(shop())).problem).toBeUndefined();
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: ["complete", "partial"] });
});

test("a deploy that finds nothing left of one that was interrupted completes the history", async () => {
  const desk = new Desk();
  desk.when("awaitContainer shop-db-1", () => desk.stop.abort());
  await desk.deploy(shop());

  desk.resume();
  await desk.deploy(model({ services: [db] }));
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: ["complete", "partial"] });
});

test("keys that an interrupted run is remembered with are not the next one's, too", async () => {
  const desk = new Desk();
  const { store } = desk.world;
  const keys = { "mail.from": "create" };
  const cutOff = { command: "axon kv import", who: "ben", at: new Date(0).toISOString(), keys };
  await beginRun(store, DEPLOYMENT, { ...cutOff, revision: 1, changes: [] });
  desk.when("awaitContainer shop-db-1", () => desk.stop.abort());
  await desk.deploy(shop());

  desk.resume();
  await desk.deploy(shop());
  const { records } = await listRevisions(store, DEPLOYMENT);
  expect(records.map((record) => record.keys)).toEqual([undefined, keys]);
});

test("the journal of a destroy that failed stays; that of one that did everything has gone with the rest", async () => {
  const desk = new Desk();
  await desk.deploy(shop());
  desk.world.engine.failOn.set("removeNetwork shop", new AxonError("ENGINE_REFUSED", "in use"));
  const { problem, list } = await desk.destroy();
  expect(problem).toMatchObject({ code: "ENGINE_REFUSED", exitCode: 6 });
  expect(list).toContain("  failed   network shop: in use");
  expect(await desk.remembered()).toEqual({ journal: true, outcomes: ["complete"] });

  desk.world.engine.failOn.clear();
  expect((await desk.destroy()).problem).toBeUndefined();
  expect(await desk.remembered()).toEqual({ journal: false, outcomes: [] });
});

test("a store that is away when a destroy has done everything is nothing to fail for", async () => {
  const desk = new Desk();
  await desk.deploy(shop());
  desk.when("removeNetwork shop", () => desk.world.store.failOn.set(journalKey(DEPLOYMENT), AWAY));
  expect((await desk.destroy()).problem).toBeUndefined();
});

/** As if somebody had taken the lock away, or the store given it up. */
async function freeLock({ world }: Desk): Promise<void> {
  const state = await readLock(world.store, DEPLOYMENT);
  if (state !== undefined) await forceUnlock(world.store, DEPLOYMENT, state);
}
