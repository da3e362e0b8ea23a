import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { execIn, openSite, type Site } from "../../helpers/axon.ts";
import { startEngineProxy } from "../../helpers/recording-proxy.ts";
import { named, stableRoutes } from "../../helpers/stable-routes.ts";
import { createImage } from "../../helpers/test-image.ts";

const limited = (memory: string) => `service: {image: axon-example/sleeper, memory: ${memory}}\n`;

test("a revision tells author, commit, what was not committed, duration and outcome, and keeps the model", async () => {
  await using site = openSite();
  await deployAs(site, "ana", limited("61m"));
  git(site, "init", "--quiet");
  site.write("Servicefile", limited("62m"));
  const first = commitAll(site);
  await deployAs(site, "ben", limited("62m"));
  await deployAs(site, "eva", limited("63m"));
  await deployAs(site, "eva", `# No difference is no revision.\n${limited("63m")}`);
  site.write("Servicefile", "service: {image: axon-example/sleeper, cmd: exit 1}\n");
  const second = commitAll(site);
  expect(await site.axon(deploy(site), { AXON_USER: "eva" })).toExitWith(5);
  site.write("Servicefile.new", limited("64m"));
  await site.axon([...deploy(site), "-f", "Servicefile.new"], { AXON_USER: "eva" });

  const { Id } = await site.docker.getImage("axon-example/sleeper").inspect();
  const records = await recordsOf(site);
  expect(records).toEqual(
    [
      { who: "ana", outcome: "complete", summary: { create: 3, update: 1 } },
      { who: "ben", outcome: "complete", source: { commit: first, dirty: false } },
      { who: "eva", outcome: "complete", source: { commit: first, dirty: true } },
      { who: "eva", outcome: "rolled back", source: { commit: second, dirty: false } },
      // The commit does not have this file at all.
      { who: "eva", outcome: "complete", source: { commit: second, dirty: true } },
    ].map(({ who, source, ...others }, index) => ({
      version: 1,
      number: index + 1,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      who: expect.stringMatching(new RegExp(`^${who}@.`)),
      command: "axon deploy",
      ...(source && { source }),
      durationMilliseconds: expect.toSatisfy((value: number) => value > 0),
      axonVersion: expect.any(String),
      summary: expect.any(Object),
      images: { "axon-example/sleeper": Id },
      model: { id: expect.any(String), chunks: 1 },
      ...others,
    })),
  );
  const models = await site.keys(`axon/${site.deployment}/revisions/`);
  expect(Object.keys(models).sort()).toEqual(
    records.map(({ number, model }) => `axon/${site.deployment}/revisions/${number}/${model.id}/0`),
  );
  const { stdout } = await site.axon(["history", "-D", site.deployment]);
  expect(stdout).toMatch(new RegExp(`^4 .*rolled back .*eva@\\S+ .* ${second.slice(0, 10)}$`, "m"));
  expect(stdout).toMatch(new RegExp(`^3 .*complete .*eva@\\S+ .* ${first.slice(0, 10)}\\+$`, "m"));
});

/** All that a rollback must restore. The names in it are the same in each; the values are not. */
function everything(site: Site, image: string, word: string): string {
  site.write("motd", `file ${word}\n`);
  site.write("web.env", `FROM_FILE=env-file ${word}\n`);
  return `\
Config: {shared/word: ${word}, "only/${word}": there}
Domains: {${word}.example.org: "${site.deployment}:web:http"}
Files: {motd: {file: motd}}
Secrets: {db: {env: DB_PASSWORD}}
web:
  image: ${image}
  cmd: [/bin/sleeper]
  env: {WORD: ${word}, API_TOKEN: "token ${word}", KEY: "\${store.shared/word}"}
  env_file: web.env
  files: {/etc/motd: motd}
  secrets: [db]
  ports: {http: 80}
  bootstrap: {prepare: "true"}
${word}: {image: axon-example/sleeper, require: {web.prepare: completed}}
`;
}

test("a rollback shows its plan and restores image, variables, files, secrets, keys and routes, and runs no one-shot", async () => {
  await using image = await createImage("axon-example/sleeper", ["USER 1001"]);
  await using site = openSite();
  await deployEverything(site, image.reference, "red");
  const red = await stateOf(site);
  expect(red).toMatchObject({ image: image.id, runs: 1 });
  const moved = await image.move(["USER 1002"]);
  await deployEverything(site, image.reference, "blue");
  const blue = await stateOf(site);
  expect(blue).toMatchObject({ image: moved, runs: 2 });
  for (const name of ["Servicefile", "motd", "web.env"]) site.write(name, "of no use any more");

  const back = await site.axon(["rollback", "-D", site.deployment, "--yes"]);
  expect(back).toExitWith(0);
  expect(await stateOf(site)).toEqual({ ...red, runs: 2 });
  for (const line of [
    /^ +image: sha256:\w+ -> sha256:\w+ +# same tag/m,
    /^ +env\.WORD: "?blue"? -> "?red"?/m,
    /^ +env\.API_TOKEN: \(sensitive, changed\)/m,
    /shared\/word/,
    /^ +\+ red\.example\.org/m,
    /^ +- blue\.example\.org .*not in revision 1/m,
    /^ +\+ red /m,
    /^ +- blue .*not in revision 1/m,
  ]) {
    expect(back.stdout).toMatch(line);
  }
  expect(back.stdout).not.toContain("prepare");
  expect(back.stdout).not.toContain("Servicefile");

  expect(await site.axon(["rollback", "2", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect(await stateOf(site)).toEqual(blue);
  const again = ["rollback", "1", "-D", site.deployment, "--yes", "--tasks"];
  expect(await site.axon(again)).toExitWith(0);
  expect(await stateOf(site)).toEqual({ ...red, runs: 3 });
  expect((await recordsOf(site)).map(({ command }) => command)).toEqual([
    "axon deploy",
    "axon deploy",
    "axon rollback 1",
    "axon rollback 2",
    "axon rollback 1",
  ]);
});

test("a rollback that nobody agrees to, or whose image is gone, shows why and changes nothing", async () => {
  await using engine = await startEngineProxy();
  await using image = await createImage("axon-example/sleeper", ["ENV EDITION=first"]);
  await using site = openSite();
  const file = `service: {image: ${image.reference}}\n`;
  await site.deploy(file);
  await image.move(["ENV EDITION=second"]);
  await site.deploy();
  const before = await site.keys(`axon/${site.deployment}/`);
  const rollback = ["rollback", "-D", site.deployment];
  const through = { DOCKER_HOST: `tcp://${engine.address}` };

  const unanswered = await site.axon(rollback, through);
  expect(unanswered).toExitWith(4);
  expect(unanswered.stdout).toContain("service  replace");

  await site.docker.getImage(image.id).remove();
  const gone = await site.axon([...rollback, "--yes"], through);
  expect(gone).toExitWith(1);
  expect(gone.stderr).toContain(`IMAGE_UNAVAILABLE: revision 1 ran ${image.reference} as sha256:`);

  expect(engine.mutations()).toEqual([]);
  expect(await site.keys(`axon/${site.deployment}/`)).toEqual(before);
});

async function deployEverything(site: Site, image: string, word: string): Promise<void> {
  site.write("Servicefile", everything(site, image, word));
  expect(await site.axon(deploy(site), { DB_PASSWORD: `password ${word}` })).toExitWith(0);
}

async function stateOf(site: Site) {
  const read = async (path: string) =>
    (await execIn(`${site.deployment}-web-1`, ["cat", path])).trim();
  const { Image, Config } = await site.inspect("web");
  const routes = Object.entries(await site.keys("traefik/http/"));
  const [containers, events] = await Promise.all([site.containers(), site.events()]);
  return {
    image: Image,
    env: Config.Env.toSorted(),
    file: await read("/etc/motd"),
    // Only the image's own user can read it.
    secret: await read("/run/secrets/db"),
    runs: events.filter(({ of, action }) => of === "web.prepare" && action === "start").length,
    config: await site.keys(`axon/${site.deployment}/config/`),
    routes: stableRoutes(
      Object.fromEntries(routes.filter(([key]) => key.includes(`/${site.deployment}_`))),
      named(containers),
    ),
    names: containers.flatMap(({ Names }) => Names).sort(),
  };
}

interface Recorded {
  readonly number: number;
  readonly command: string;
  readonly model: { readonly id: string };
}

/** As they are in the store, the oldest first. */
async function recordsOf(site: Site): Promise<Recorded[]> {
  const keys = await site.keys(`axon/${site.deployment}/state/revisions/`);
  const records = Object.values(keys).map((text) => JSON.parse(text) as Recorded);
  return records.sort((a, b) => a.number - b.number);
}

function deploy({ deployment }: Site): string[] {
  return ["deploy", "-D", deployment, "--yes"];
}

async function deployAs(site: Site, user: string, servicefile: string): Promise<void> {
  site.write("Servicefile", servicefile);
  expect(await site.axon(deploy(site), { AXON_USER: user })).toExitWith(0);
}

/** Answers the commit. */
function commitAll(site: Site): string {
  git(site, "add", "--all");
  git(site, "commit", "--quiet", "--message", "all");
  return git(site, "rev-parse", "HEAD");
}

function git({ directory }: Site, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org"];
  return execFileSync("git", [...who, ...args], { cwd: directory, encoding: "utf8" }).trim();
}
