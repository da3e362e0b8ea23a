import { expect, test } from "vitest";
import { listNetworks, listVolumes, openSite } from "../helpers/axon.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";

const FILE = `\
redis: {image: rock77/redis, volumes: {data: /srv/redis}}
website: {image: rock77/website, cmd: /bin/runserver}
`;

test("a plan changes nothing, not even where no store is running yet", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite(FILE, { ownStore: true });
  const plan = await site.axon(["plan", "-D", site.deployment], {
    DOCKER_HOST: `tcp://${engine.address}`,
  });
  expect(plan).toMatchObject({ exitCode: 0, stderr: "" });
  expect(plan.stdout).toContain("website");
  expect(engine.mutations()).toEqual([]);
  for (const name of [site.deployment, site.system]) {
    expect(await site.containers(name)).toEqual([]);
    expect(await listNetworks(name)).toEqual([]);
    expect(await listVolumes(name)).toEqual([]);
  }
});

test("a plan reads in the order in which it will happen and ends with what it comes to", async () => {
  await using site = openSite(`${FILE}
Config: {greeting: hello}
Domains: {example.org: "site:website:8000"}
Deployment: site
job: {image: axon-example/sleeper, cmd: "true", detach: false}
`);
  const { stdout } = await site.axon(["plan", "-D", site.deployment]);
  // A title that is too long for the screen takes two lines.
  expect(stdout).toMatch(new RegExp(`^${site.deployment} on docker \\(.+\\),\\s+store `));
  const lines = stdout.trimEnd().split("\n");
  const places = [
    "Foundation",
    "greeting",
    "Step 3",
    "> job ",
    "Step 4",
    "+ redis ",
    "+ website ",
    "Routes",
    "example.org",
  ].map((text) => lines.findIndex((line) => line.includes(text)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(lines.at(-1)).toMatch(/^Plan: 1 to run, \d+ to add/);
});

test("--detailed-exitcode tells 2 when there is something to do and 0 when there is not", async () => {
  await using site = openSite(FILE);
  const plan = () => site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(await plan()).toExitWith(2);
  await site.deploy();
  expect(await plan()).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
});

test("without --detailed-exitcode a plan with changes exits 0", async () => {
  await using site = openSite(FILE);
  expect(await site.axon(["plan", "-D", site.deployment])).toExitWith(0);
});

const withSecrets = (secret: string) => `\
Deployment: site
Env: {DB_PASSWORD: ${secret}-1, PLAIN: ${secret === "old" ? "visible" : "seen"}}
Config: {api_token: ${secret}-2}
Domains: {example.org: {http: "site:website:8000", auth: {guest: ${secret}-3}}}
website: {image: rock77/website, cmd: /bin/runserver}
job: {image: axon-example/sleeper, cmd: "true", detach: false}
`;

test("plan --json is JSON that names what changes and holds no secret", async () => {
  await using site = openSite(withSecrets("old"));
  await site.deploy();
  site.write("Servicefile", withSecrets("new"));
  const { stdout, exitCode } = await site.axon(["plan", "-D", site.deployment, "--json"]);

  expect(exitCode).toBe(0);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({ format_version: "1.0", deployment: site.deployment });
  const changes: { address: string; change: object }[] = plan.resource_changes;
  expect(changes.find(({ address }) => address === "service.website")).toMatchObject({
    type: "service",
    name: "website",
    change: {
      actions: ["delete", "create"],
      before: { "env.PLAIN": "visible" },
      after: { "env.PLAIN": "seen" },
      before_sensitive: { "env.DB_PASSWORD": true },
      after_sensitive: { "env.DB_PASSWORD": true },
    },
  });
  expect(changes.map(({ address }) => address)).toEqual(
    expect.arrayContaining(["config.api_token", "task.job"]),
  );
  expect(stdout).not.toMatch(/(old|new)-[123]/);
});

test("a plan as text says that a secret changed, and neither what it was nor what it is", async () => {
  await using site = openSite(withSecrets("old"));
  await site.deploy();
  site.write("Servicefile", withSecrets("new"));
  const { stdout, stderr } = await site.axon(["plan", "-D", site.deployment]);
  expect(stdout).toContain("env.DB_PASSWORD: (sensitive, changed)");
  expect(stdout + stderr).not.toMatch(/(old|new)-[123]/);
});

test("the deployment is named by -D, else by the file, else by the file's directory", async () => {
  await using site = openSite();
  const [flag, file, directory] = ["flag", "file", "dir"].map((suffix) => site.sibling(suffix));
  const service = "service: {image: axon-example/sleeper}\n";
  site.write("named/Servicefile", `Deployment: ${file}\n${service}`);
  site.write(`${directory}/Servicefile`, service);

  const runs = [
    await site.axon(["deploy", "named/Servicefile", "-D", `${flag}`]),
    await site.axon(["deploy", "-f", "named/Servicefile"]),
    await site.axon(["deploy", `${directory}/Servicefile`]),
  ];
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  for (const name of [flag, file, directory]) {
    expect(await site.containers(name)).toMatchObject([{ Names: [`/${name}-service-1`] }]);
  }
});
