import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import schema from "../../../schema/plan.schema.json" with { type: "json" };
import { openSite, type Site } from "../../helpers/axon.ts";
import { startConsul } from "../../helpers/consul.ts";
import { gateway } from "../../helpers/gateway.ts";
import { startEngineProxy, startRecordingProxy } from "../../helpers/recording-proxy.ts";
import { createImage } from "../../helpers/test-image.ts";
import { HELD_JOB, letGo, startHeldDeploy } from "./held-run.ts";
import {
  type ListedPlan,
  listedOfCatalogue,
  listedOfEngine,
  listedOfStore,
  othersToStore,
  sentToEngine,
  toldToCatalogue,
  writtenToStore,
} from "./listed-requests.ts";

const SESSION = ["create", "renew", "destroy"].map((verb) => `PUT /v1/session/${verb}`);

const validate = new Ajv2020({ strict: false }).compile<SavedPlan>(schema);

interface SavedPlan extends ListedPlan {
  readonly keyed: boolean;
  readonly resource_changes: readonly {
    readonly address: string;
    readonly action: string;
    readonly change: object;
  }[];
}

test("a saved plan fits its schema, and a deploy of it does exactly what it lists, without a question", async () => {
  await using consul = await startConsul();
  await using engine = await startEngineProxy();
  const { hostname: host, port } = new URL(consul.url);
  await using store = await startRecordingProxy({ host, port: Number(port) }, await gateway());
  await using site = openSite();
  const file = (word: string, memory: string) => `\
Config: {word: ${word}, same: same}
Domains: {${word}.example.org: "${site.deployment}:replaced:http"}
updated: {image: axon-example/sleeper, memory: ${memory}}
replaced:
  {image: axon-example/sleeper, env: {WORD: ${word}}, ports: {http: 80}, bootstrap: {job: "true"}}
${word}: {image: axon-example/sleeper}
same: {image: axon-example/sleeper}
`;
  const here = { AXON_KV: `consul://${store.address}` };
  site.write("Servicefile", file("old", "64m"));
  expect(await site.axon(["deploy", "--yes", "-D", site.deployment], here)).toExitWith(0);
  site.write("Servicefile", file("new", "65m"));
  const plan = await savePlan(site, here);
  expect(actionsOf(plan)).toMatchObject({
    "config.word": "update",
    "service.updated": "update",
    "task.replaced.job": "run",
    "service.replaced": "replace",
    "service.new": "create",
    [`container.${site.deployment}-old-1`]: "remove",
  });

  const through = { ...here, DOCKER_HOST: `tcp://${engine.address}` };
  const deploy = ["deploy", "--plan", "plan.json", "-D", site.deployment];
  store.forget();
  expect(await site.axon(deploy, through)).toExitWith(0);
  expect(await sentToEngine(engine, site)).toEqual(listedOfEngine(plan));
  expect(writtenToStore(store)).toEqual(listedOfStore(plan));
  expect(toldToCatalogue(store)).toEqual(listedOfCatalogue(plan));
  // The lock's, renewed as often as time asks for it.
  expect(SESSION).toEqual(expect.arrayContaining(othersToStore(store)));
  expect((await site.axon(["plan", "-D", site.deployment], here)).stdout).toBe("No changes.\n");
  expect(await site.axon(deploy, here)).toExitWith(8);
});

test("a saved plan names what is mounted as the Servicefile does, and holds no path of the machine", async () => {
  await using site = openSite();
  const file = (folder: string, others = "") => `\
Files: {page: {file: page.html}}
Secrets: {word: {file: word.secret}}
bound:
  image: axon-example/sleeper
  env_file: web.env
  files: {/srv/page.html: page}
  secrets: [word]
  healthcheck: {test: "true", interval: 1s}
  volumes: ["${folder}:/etc/app", "/etc/hostname:/etc/host:ro"]
  bootstrap: {job: "true"}
${others}`;
  for (const name of ["page.html", "word.secret", "web.env", "old/app.conf", "new/app.conf"]) {
    site.write(name, "A=b\n");
  }
  const made = "made: {image: axon-example/sleeper, volumes: [./new/app.conf:/a.conf]}\n";
  site.write("Servicefile", file("./old"));
  const first = await savePlan(site);
  const deploy = ["deploy", "--plan", "plan.json", "-D", site.deployment];
  expect(await site.axon(deploy)).toExitWith(0);
  site.write("Servicefile", file("./new", made));
  const second = await savePlan(site);

  expect(changeIn(first, "service.bound")).toMatchObject({
    after: { "volumes./etc/app": "./old", "volumes./etc/host": "/etc/hostname" },
  });
  expect(changeIn(second, "service.bound")).toMatchObject({
    before: { "volumes./etc/app": "./old" },
    after: { "volumes./etc/app": "./new" },
  });
  expect(changeIn(second, "service.made")).toMatchObject({
    after: { "volumes./a.conf": "./new/app.conf" },
  });
  expect(changeIn(second, "task.bound.job")).toMatchObject({
    before: { "volumes./etc/app": "./old" },
    after: { "volumes./etc/app": "./new" },
  });
  const shown = await Promise.all([
    site.axon(["plan", "-D", site.deployment]),
    site.axon(["plan", "--json", "-D", site.deployment]),
  ]);
  const texts = [JSON.stringify(first), JSON.stringify(second), ...shown.map((run) => run.stdout)];
  for (const text of texts) {
    expect(text).toContain("./old");
    expect(text).not.toContain(site.directory);
  }
  expect(await site.axon(deploy)).toExitWith(0);
  const { Mounts } = await site.inspect("bound");
  expect(Mounts.map(({ Source }) => Source)).toContain(join(site.directory, "new"));
});

test("a saved plan of a first deploy is performed, although it needs the store first", async () => {
  await using site = openSite("Config: {a: b}\nservice: {image: axon-example/sleeper}\n", {
    ownStore: true,
  });
  expect((await savePlan(site)).keyed).toBe(false);
  const deploy = ["deploy", "--plan", "plan.json", "-D", site.deployment];
  expect(await site.axon(deploy)).toExitWith(0);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a saved plan that does not fit any more names what moved, exits with 8 and changes nothing", async () => {
  await using engine = await startEngineProxy();
  await using image = await createImage("axon-example/sleeper", ["ENV EDITION=first"]);
  await using site = openSite();
  const file = (word: string) => `\
Config: {key: kept}
Secrets: {db: {env: DB_PASSWORD}}
service: {image: ${image.reference}, memory: 64m, env: {WORD: ${word}, DB: "\${secret.db}"}}
other: {image: axon-example/sleeper, memory: 64m}
`;
  const env = { DB_PASSWORD: "first", DOCKER_HOST: `tcp://${engine.address}` };
  const deploy = ["-D", site.deployment, "--yes"];
  site.write("Servicefile", file("old"));
  expect(await site.axon(["deploy", ...deploy], env)).toExitWith(0);
  site.write("Servicefile", file("new"));
  await savePlan(site, env);
  const { Id } = await site.inspect("other");
  const other = site.docker.getContainer(Id);
  const memory = (mib: number) =>
    other.update({ Memory: mib * 2 ** 20, MemorySwap: 2 * mib * 2 ** 20 });
  const key = `axon/${site.deployment}/config/key`;
  const moves: readonly Move[] = [
    { by: () => memory(65), back: () => memory(64), names: "service.other" },
    { by: () => other.pause(), back: () => other.unpause(), names: "service.other" },
    {
      by: () => site.putKey(key, "edited"),
      back: () => site.putKey(key, "kept"),
      names: "config.key",
    },
    {
      by: async () => site.write("Servicefile", file("newer")),
      back: async () => site.write("Servicefile", file("new")),
      names: "service.service",
    },
    { env: { DB_PASSWORD: "second" }, names: "service.service" },
    {
      by: () => image.move(["ENV EDITION=second"]),
      back: () => site.docker.getImage(image.id).tag({ repo: image.reference, tag: "latest" }),
      names: "service.service",
    },
  ];

  for (const { by, back, names, ...moved } of moves) {
    await by?.();
    const before = await site.keys(`axon/${site.deployment}/`);
    engine.forget();
    const refused = await site.axon(["deploy", "--plan", "plan.json", ...deploy], {
      ...env,
      ...moved.env,
    });
    expect(refused).toExitWith(8);
    expect(refused.stderr).toMatch(new RegExp(`PLAN_STALE: .* moved since: ${names}\n`));
    expect(engine.mutations()).toEqual([]);
    expect(await site.keys(`axon/${site.deployment}/`)).toEqual(before);
    await back?.();
  }
  expect(await site.axon(["deploy", "--plan", "plan.json", ...deploy], env)).toExitWith(0);
});

test("a saved plan that another deploy overtook while it waited for the lock is not performed", async () => {
  await using site = openSite();
  const file = (memory: string) =>
    `${HELD_JOB}service: {image: axon-example/sleeper, memory: ${memory}, step: 5}\n`;
  await site.deploy("service: {image: axon-example/sleeper, memory: 61m}\n");
  site.write("Servicefile", file("62m"));
  const holder = await startHeldDeploy(site);
  site.write("Servicefile", file("63m"));
  await savePlan(site);
  const waiting = site.start(["deploy", "--plan", "plan.json", "-D", site.deployment]);
  await waiting.seen("waiting for");
  await letGo(site);
  expect(await holder.ended).toExitWith(0);
  const overtaken = await waiting.ended;
  expect(overtaken).toExitWith(8);
  expect(overtaken.stderr).toContain("service.service");
  expect((await site.inspect("service")).HostConfig.Memory).toBe(62 * 2 ** 20);
});

interface Move {
  readonly by?: () => Promise<unknown>;
  readonly back?: () => Promise<unknown>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the refusal names. */
  readonly names: string;
}

async function savePlan(site: Site, env = {}): Promise<SavedPlan> {
  const command = ["plan", "--out", "plan.json", "-D", site.deployment];
  const file = join(site.directory, "plan.json");
  writeFileSync(file, "{}", { mode: 0o644 });
  expect(await site.axon(command, env)).toExitWith(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const plan: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!validate(plan)) throw new Error(JSON.stringify(validate.errors));
  return plan;
}

function actionsOf({ resource_changes }: SavedPlan): Record<string, string> {
  return Object.fromEntries(resource_changes.map(({ address, action }) => [address, action]));
}

function changeIn({ resource_changes }: SavedPlan, address: string): object | undefined {
  return resource_changes.find((change) => change.address === address)?.change;
}
