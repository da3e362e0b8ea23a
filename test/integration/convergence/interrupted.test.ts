import { afterAll, beforeAll, expect, test } from "vitest";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { engineUpstream } from "./cutting-proxy.ts";
import type { Version } from "./interrupted-site.ts";
import { freshSite, measure } from "./soak.ts";

const LONG = 600_000;

let consul: TestConsul;
let uninterrupted: Awaited<ReturnType<typeof measure>>;

beforeAll(async () => {
  consul = await startConsul();
  uninterrupted = await measure({ engine: engineUpstream() }, consul);
}, LONG);

afterAll(() => consul?.[Symbol.asyncDispose]());

const CASES = [
  {
    title: "killed before a request reaches engine or store",
    signals: ["SIGKILL"],
    side: "before",
  },
  { title: "killed before it gets an answer", signals: ["SIGKILL"], side: "after" },
  { title: "interrupted once", signals: ["SIGINT"], side: "with" },
  { title: "interrupted twice", signals: ["SIGINT", "SIGINT"], side: "with" },
  { title: "asked to end", signals: ["SIGTERM"], side: "with" },
] as const;

for (const { title, signals, side } of CASES) {
  test(
    `a deployer that was ${title}: the next deploy ends where one without interruption does`,
    async () => {
      await using site = await freshSite({ engine: engineUpstream() }, consul);
      for (const [at, version] of (["two", "one", "two", "one"] as Version[]).entries()) {
        const number = Math.ceil(((at + 0.5) / 4) * uninterrupted[version].count);
        const cut = { kind: "request", number, side } as const;
        const wanted = uninterrupted[version];
        const { problems } = await site.interrupt(version, { cut, signals }, wanted);
        expect(problems, `at request ${number}`).toEqual([]);
      }
    },
    LONG,
  );
}

test(
  "a deployer that was killed when it had made a container and not put files into it: the next deploy ends with them there",
  async () => {
    const files = { "/etc/note": "this is one" };
    const containers = expect.arrayContaining([
      expect.objectContaining({ name: "/DEPLOYMENT-only-one-1", files }),
    ]);
    expect(uninterrupted.one.state).toMatchObject({ containers });
    await using site = await freshSite({ engine: engineUpstream() }, consul);
    for (const [at, version] of (["two", "one", "two", "one", "two"] as Version[]).entries()) {
      const request = /^PUT \S+\/archive\b/;
      const cut = { kind: "like", request, number: at + 1, side: "before" } as const;
      const interruption = { cut, signals: ["SIGKILL"] } as const;
      const { problems } = await site.interrupt(version, interruption, uninterrupted[version]);
      expect(problems, `before files number ${at + 1}`).toEqual([]);
    }
  },
  LONG,
);

test("volumes of services that the file no longer has are among what must stay", () => {
  const volumes = ["only-one-data", "only-two-data", "second-data"];
  const kept = volumes.map((name) => `DEPLOYMENT-${name}`);
  expect(uninterrupted.one.state).toMatchObject({ volumes: kept });
  expect(uninterrupted.two.state).toMatchObject({ volumes: kept });
});

const UNREMEMBERED = [
  { title: "remembered", verb: "cas", key: /\/state\/revisions\// },
  { title: "taken out of the journal", verb: "delete", key: /\/state\/journal\/run$/ },
] as const;

for (const { title, verb, key } of UNREMEMBERED) {
  test(
    `a deployer that was killed after all was done, before it was ${title}: the next deploy sees to that`,
    async () => {
      await using site = await freshSite({ engine: engineUpstream() }, consul);
      const cut = { kind: "write", verb, key, side: "before" } as const;
      const wanted = uninterrupted.two;
      const { problems, plan } = await site.interrupt("two", { cut, signals: ["SIGKILL"] }, wanted);
      expect(problems).toEqual([]);
      expect(plan.stdout).toBe("No changes.\n");
      expect(await site.revisions()).toEqual([2, 1]);
    },
    LONG,
  );
}
