import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site, storeToken } from "../helpers/axon.ts";
import type { Run } from "../helpers/run-axon.ts";
import { createImage, type TestImage } from "../helpers/test-image.ts";
import { untilReady } from "../helpers/until-ready.ts";

// What is written of a deployment without changes may be what the last run left (src/last-look): here its words are altered
// in the file, so that a run that goes by it is told from one that made the whole plan.
const LOOKED = "Looked.\n";
const PASSWORD = "correct-horse-battery";

let site: Site;
let image: TestImage;

beforeAll(async () => {
  image = await createImage("rock77/website", ["ENV A=1"]);
  site = openSite();
  site.write("Servicefile", file());
  await deploy();
});

afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await image[Symbol.asyncDispose]();
});

const file = (greeting = "hello") => `\
Deployment: site
Domains: {${site.deployment}.example.org: "site:web:8000"}
Config: {greeting: ${greeting}}
Env: {PASSWORD: "\${PASSWORD}", FLAVOUR: "\${FLAVOUR:-plain}"}
web: {image: ${image.reference}, cmd: /bin/runserver, volumes: {data: /data}}
job: {image: axon-example/sleeper, cmd: "true", detach: false}
`;

const cache = () => join(site.directory, "cache");
const env = (more: Readonly<Record<string, string>> = {}) => ({
  AXON_CACHE: cache(),
  PASSWORD,
  ...more,
});

const run = (args: readonly string[], more?: Readonly<Record<string, string>>) =>
  site.axon([...args, "-D", site.deployment], env(more));

async function deploy(): Promise<void> {
  expect(await run(["deploy", "--yes"])).toExitWith(0);
}

const plan = (more?: Readonly<Record<string, string>>) => run(["plan"], more);

function looks(): string[] {
  const folder = join(cache(), "looks");
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** From now on, who goes by a look says so. */
function alterWords(): void {
  for (const path of looks()) {
    const look = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...look, says: LOOKED }));
  }
}

async function leaveLook(): Promise<void> {
  await deploy();
  await untilLooked(plan);
}

/**
 * What is run goes by what it has left before: as soon as the store's checks of what has just started are settled, and where
 * nothing else has come to the engine meanwhile, which other tests use, too.
 */
async function untilLooked(repeated: () => Promise<Run>): Promise<void> {
  const isLooked = async () => {
    rmSync(cache(), { recursive: true, force: true });
    expect((await repeated()).stdout).toBe("No changes.\n");
    alterWords();
    const { exitCode, stdout, stderr } = await repeated();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout === LOOKED;
  };
  expect(await untilReady(isLooked)).toBe(true);
}

test("a plan without changes goes by what the last one has read, where all of it reads the same", async () => {
  await deploy();
  let unrelated = 0;
  await untilLooked(() => {
    unrelated += 1;
    return plan({ UNRELATED: String(unrelated) });
  });
});

test("so does a deploy, and each kind of command by its own", async () => {
  await deploy();
  await untilLooked(() => run(["deploy", "--yes"]));
  expect((await plan()).stdout).toBe("No changes.\n");
  expect((await run(["plan", "--detailed-exitcode"])).stdout).toBe("No changes.\n");
});

const web = () => site.docker.getContainer(`${site.deployment}-web-1`);
const network = async () => {
  const { NetworkSettings } = await web().inspect();
  return site.docker.getNetwork(Object.keys(NetworkSettings.Networks)[0] ?? "");
};

test.each<[string, () => unknown]>([
  ["a container that was stopped", () => web().stop({ t: 0 })],
  ["a container that was paused", () => web().pause()],
  ["a container that was renamed", () => web().rename({ name: `${site.deployment}-x` })],
  ["a container that was removed", () => web().remove({ force: true })],
  ["a container that was updated", () => web().update({ RestartPolicy: { Name: "no" } })],
  [
    "a container that was taken off its network",
    async () => (await network()).disconnect({ Container: web().id, Force: true }),
  ],
  ["a name of an image that was moved", () => image.move(["ENV A=2"])],
  ["a key that was changed", () => site.putKey(`axon/${site.deployment}/config/greeting`, "x")],
  ["a key that was removed", () => site.deleteKey(`axon/${site.deployment}/config/greeting`)],
  [
    "a route that was removed",
    async () => {
      const [route = ""] = Object.keys(await site.keys("traefik/")).filter((key) =>
        key.includes(`/${site.deployment}_`),
      );
      await site.deleteKey(route);
    },
  ],
  ["a value of the file", () => site.write("Servicefile", file("hallo"))],
  ["a file of variables", () => site.write(".env", "FLAVOUR=other\n")],
])("%s is seen", async (_, change) => {
  await leaveLook();
  await change();
  const seen = await run(["plan"]);
  expect(seen).toExitWith(0);
  expect(seen.stdout).toMatch(/^Plan: /m);
  // It differs, and so leaves nothing: seen also the second time.
  expect((await run(["plan"])).stdout).toBe(seen.stdout);
});

test("variables of the environment that the file or Axon itself asks for are seen", async () => {
  await leaveLook();
  expect((await plan({ FLAVOUR: "third" })).stdout).toMatch(/^Plan: /m);
  expect((await plan({ PASSWORD: "another" })).stdout).toMatch(/^Plan: /m);
  expect((await plan({ AXON_SYSTEM: `${site.deployment}-none` })).stdout).not.toBe(LOOKED);
  expect((await plan({ DOCKER_HOST: "unix:///nowhere/docker.sock" })).exitCode).toBe(1);
});

test("what changes without being a difference is looked at whole once, and leaves the next look", async () => {
  await leaveLook();
  await web().restart({ t: 0 });
  expect((await plan()).stdout).toBe("No changes.\n");
  await untilLooked(plan);
});

test("a run that says more than that leaves nothing", async () => {
  await leaveLook();
  const before = looks().length;
  await run(["plan", "--json"]);
  await run(["plan", "--set", "FLAVOUR=plain"]);
  await run(["plan", "--out", "saved.plan"]);
  await run(["plan", "--no-such-flag"]);
  expect(looks()).toHaveLength(before);
  const none = await run(["plan"], { AXON_CACHE: "" });
  expect(none.stdout).toBe("No changes.\n");
});

test("no secret stands in what is left", async () => {
  await leaveLook();
  const secrets = [PASSWORD, await storeToken(site.system)];
  expect(secrets.map((secret) => secret.length > 10)).toEqual([true, true]);
  for (const path of looks()) {
    const text = readFileSync(path, "utf8");
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});

test("what cannot be written fails, also where nothing was to be worked out", async () => {
  await leaveLook();
  const args = ["plan", "-D", site.deployment];
  const { exitCode } = await site.startOnTerminal(args, env(), "/dev/full").ended;
  expect(exitCode).toBe(1);
});

test("what is left is damaged: the whole plan is made", async () => {
  await leaveLook();
  for (const path of looks()) writeFileSync(path, readFileSync(path, "utf8").slice(0, 200));
  expect(await plan()).toEqual({ exitCode: 0, stdout: "No changes.\n", stderr: "" });
});
