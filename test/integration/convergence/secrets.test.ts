import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listNetworks, openSite, type Site, storeToken } from "../../helpers/axon.ts";
import { HELD_JOB, letGo } from "./held-run.ts";

const WORDS = ["variable", "token", "secret", "filed", "stored", "guest"] as const;

type Planted = Readonly<Record<(typeof WORDS)[number], string>>;

/** With letters that look otherwise in a URL, in base64 and in JSON. */
function plant(time: number): Planted {
  const pairs = WORDS.map((word) => [word, `${word}/${time}?"&wx~${word}>`]);
  return Object.fromEntries(pairs) as Planted;
}

/** Every way into a Servicefile, and every way onward: a file, a key, a copy, base64, inside a URL. */
function file(deployment: string, { variable, token, guest }: Planted, cmd: string): string {
  const inUrl = `redis://user:${encodeURIComponent(variable)}@db`;
  const inBase64 = Buffer.from(`user:${variable}`).toString("base64");
  const quote = JSON.stringify;
  return `\
Env: {DB_PASSWORD: ${quote(variable)}}
Secrets: {given: {env: PLANTED}, filed: {file: secret.txt}, stored: {store: vault/key}}
Generate: {Made: {alnum: 24}}
Config: {dsn: "redis://user:\${secret.given}@db", made: "\${generate.Made}"}
Files: {conf: {content: "password=\${secret.filed}"}}
Domains:
  planted.example.org: {http: "${deployment}:web:http", auth: {guest: ${quote(guest)}}}
web:
  image: axon-example/sleeper
  cmd: ${cmd}
  env:
    API_TOKEN: ${quote(token)}
    DSN: "postgres://user:\${secret.given}@db"
    MADE: "\${generate.Made}"
    STORED: "\${secret.stored}"
    FROM_STORE: "\${store.dsn}"
    COPY: ${quote(variable)}
    IN_URL: ${quote(inUrl)}
    IN_BASE64: ${quote(inBase64)}
  env_file: web.env
  files: {/etc/conf: conf}
  secrets: [given, filed, stored]
  ports: {http: 80}
${HELD_JOB}  env: {DSN: "\${secret.given}"}
`;
}

test("no secret is in a plan, a log, a label or what Axon keeps, neither as it is nor as base64 nor inside a URL", async () => {
  await using site = openSite();
  await site.deploy("other: {image: axon-example/sleeper}\n");
  const [first, second] = [plant(1), plant(2)];
  const told = [
    ...(await deployed(site, first, { cmd: "/bin/sleeper", exitCode: 0 })),
    ...(await deployed(site, second, { cmd: "/bin/sleeper", exitCode: 0 })),
    ...(await deployed(site, first, { cmd: "exit 1", exitCode: 5 })),
    ...(await kept(site)),
  ];
  site.write("Servicefile", "web: {image: axon-example/sleeper, cmd: /bin/sleeper}\n");
  told.push(...(await planned(site)));
  const made = await site.keys(generatedRoot(site));
  const tokens = [await storeToken(site.system), await tokenOf(site)];
  const secrets = [...[first, second, made].flatMap((texts) => Object.values(texts)), ...tokens];
  expect(Object.keys(made)).toHaveLength(1);
  expect(found(told, secrets)).toEqual([]);
});

/** A text that somebody can read who must not know the secrets. */
interface Told {
  readonly where: string;
  readonly text: string;
}

interface Wanted {
  readonly cmd: string;
  readonly exitCode: number;
}

/** All that a deploy of these secrets tells before, while and after it runs. */
async function deployed(site: Site, secrets: Planted, { cmd, exitCode }: Wanted): Promise<Told[]> {
  const env = { PLANTED: secrets.secret };
  await site.putKey(`axon/${site.deployment}/config/vault/key`, secrets.stored);
  site.write("secret.txt", secrets.filed);
  site.write("web.env", `FROM_FILE_TOKEN=${secrets.token}\n`);
  site.write("Servicefile", file(site.deployment, secrets, cmd));
  const before = await planned(site, env);
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"], env);
  await deploy.seen("job | holding");
  const meanwhile = await kept(site);
  expect(meanwhile.some(({ where }) => where.endsWith("/state/journal/run"))).toBe(true);
  await letGo(site);
  const run = await deploy.ended;
  expect(run).toExitWith(exitCode);
  return [...before, ...meanwhile, { where: "deploy", text: run.stdout + run.stderr }];
}

async function planned(site: Site, env = {}): Promise<Told[]> {
  const { deployment } = site;
  const file = join(site.directory, "saved.json");
  rmSync(file, { force: true });
  // Each with a word that is in what it tells.
  const commands = {
    plan: deployment,
    "plan --json": '"service.web"',
    "plan --out saved.json": deployment,
    status: deployment,
    "history --json": `"deployment": "${deployment}"`,
  };
  const told: Told[] = [];
  for (const [where, word] of Object.entries(commands)) {
    const run = await site.axon([...where.split(" "), "-D", deployment], env);
    expect(run).toExitWith(0);
    expect(run.stdout).toContain(word);
    told.push({ where, text: run.stdout + run.stderr });
  }
  const saved = readFileSync(file, "utf8");
  expect(saved).toContain('"service.web"');
  return [...told, { where: "saved.json", text: saved }];
}

/** What its containers show the store. */
async function tokenOf(site: Site): Promise<string> {
  const { Config } = await site.inspect("web");
  const variable = Config.Env.find((text) => text.startsWith("CONSUL_HTTP_TOKEN="));
  if (variable === undefined) throw new Error("no token");
  return variable.replace(/^.*=/, "");
}

function generatedRoot({ deployment }: Site): string {
  return `axon/${deployment}/state/generated/`;
}

/**
 * What engine and store hold. Exempt are the places that are there to hold a secret for the services: a
 * container's environment, the keys of the deployment's configuration, and what was generated.
 */
async function kept(site: Site): Promise<Told[]> {
  const { docker, deployment } = site;
  const containers = await Promise.all(
    (await site.containers()).map(({ Id }) => docker.getContainer(Id).inspect()),
  );
  const withoutEnv = containers.map(({ Config: { Env: _, ...config }, ...rest }) => ({
    ...rest,
    config,
  }));
  const keys = Object.entries(await site.keys("")).filter(
    ([key]) =>
      !key.startsWith(`axon/${deployment}/config/`) && !key.startsWith(generatedRoot(site)),
  );
  return [
    { where: "containers", text: JSON.stringify(withoutEnv) },
    { where: "networks", text: JSON.stringify(await listNetworks(deployment)) },
    ...keys.map(([where, value]) => ({ where, text: `${where}\n${value}` })),
  ];
}

function found(told: readonly Told[], secrets: readonly string[]): string[] {
  return told.flatMap(({ where, text }) =>
    secrets
      .filter((secret) => forms(secret).some((form) => text.includes(form)))
      .map((secret) => `${secret} in ${where}`),
  );
}

/** What is left of the secret in base64 does not depend on how long the text before it is. */
function forms(secret: string): string[] {
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from(`${"x".repeat(before)}${secret}`);
    const whole = bytes.subarray(before === 0 ? 0 : 3, bytes.length - (bytes.length % 3));
    return [whole.toString("base64"), whole.toString("base64url")];
  });
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...inBase64];
}
