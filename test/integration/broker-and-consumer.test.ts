import { expect, test } from "vitest";
import { execIn, openSite, type Site } from "../helpers/axon.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";

/** A real Redis, and a website whose init-region asked in the store for a user on it. */
const pattern = (steps: { broker: number; consumer: number }) => `\
Env: {BRANDING: Company Ltd.}
redis: {image: axon-example/broker, step: ${steps.broker}}
website:
  image: axon-example/consumer
  step: ${steps.consumer}
  publish: {"127.0.0.1:0": http}
`;

async function page(site: Site): Promise<unknown> {
  const { NetworkSettings } = await site.inspect("website");
  const port = NetworkSettings.Ports["8000/tcp"]?.[0]?.HostPort;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return { status: response.status, ...((await response.json()) as object) };
}

test("a consumer that starts after its broker logs in with what its init-region wrote, and serves", async () => {
  await using site = openSite(pattern({ broker: 3, consumer: 4 }));
  await site.deploy();
  expect(await page(site)).toEqual({
    status: 200,
    hits: 1,
    branding: "Company Ltd.",
    deployment: site.deployment,
    service: "website",
  });
});

test("a consumer that starts before its broker logs in as soon as that is there", async () => {
  const consumer = `\
Config: {endpoints/redis: "redis:6379"}
website:
  image: axon-example/consumer
  healthcheck: false
  publish: {"127.0.0.1:0": http}
`;
  await using site = openSite();
  await site.deploy(consumer);
  const { Id } = await site.inspect("website");
  expect(await page(site)).toMatchObject({ status: 503 });

  await site.deploy(`${consumer}redis: {image: axon-example/broker, step: 3}\n`);
  expect(await pageAfterLogin(site)).toMatchObject({ status: 200, hits: 1 });
  expect((await site.inspect("website")).Id).toBe(Id);
});

/** The website tries until the broker has made its user; its log says when. */
async function pageAfterLogin(site: Site): Promise<unknown> {
  const website = site.docker.getContainer(`${site.deployment}-website-1`);
  const log = await website.logs({ follow: true, stdout: true, stderr: true });
  for await (const chunk of log) if (String(chunk).includes("logged in to redis")) break;
  return page(site);
}

test("the password that init-region generated is in the store, and in nothing that Axon says or asks for", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite(pattern({ broker: 4, consumer: 4 }));
  const through = { DOCKER_HOST: `tcp://${engine.address}` };
  const deploy = await site.axon(["deploy", "-D", site.deployment], through);
  expect(deploy).toExitWith(0);
  const plan = await site.axon(["plan", "-D", site.deployment, "--json"], through);
  const status = await site.axon(["status", "-D", site.deployment, "--json"], through);

  const keys = await site.keys(`axon/${site.deployment}/config/redis/`);
  const user = JSON.parse(keys[`axon/${site.deployment}/config/redis/users/consumer`] ?? "{}");
  const admin = keys[`axon/${site.deployment}/config/redis/admin-password`];
  const secrets: string[] = [user.password, admin];
  expect(secrets.map((secret) => secret.length)).toEqual([48, 48]);

  const asked = engine.requests.map(({ path, body }) => path + body);
  const inspected = [await site.inspect("redis"), await site.inspect("website")];
  const logs = await Promise.all(
    ["redis", "website"].map(async (name) =>
      String(
        await site.docker
          .getContainer(`${site.deployment}-${name}-1`)
          .logs({ stdout: true, stderr: true }),
      ),
    ),
  );
  const everything = JSON.stringify([deploy, plan, status, asked, inspected, logs]);
  for (const secret of secrets) expect(everything).not.toContain(secret);
});

test("a second deploy does not change the user that init-region wrote", async () => {
  await using site = openSite(pattern({ broker: 4, consumer: 4 }));
  await site.deploy();
  const before = await site.keys(`axon/${site.deployment}/config/`);
  await site.deploy(pattern({ broker: 4, consumer: 4 }).replace("Company", "Other"));
  expect(await site.keys(`axon/${site.deployment}/config/`)).toEqual(before);
  expect(await page(site)).toMatchObject({ status: 200, branding: "Other Ltd." });
});

test("the broker gives the user what was asked for, and nothing more", async () => {
  await using site = openSite(pattern({ broker: 4, consumer: 4 }));
  await site.deploy();
  const key = `axon/${site.deployment}/config/redis/users/consumer`;
  const { password } = JSON.parse((await site.keys(key))[key] ?? "{}");
  const asConsumer = (...command: string[]) =>
    execIn(`${site.deployment}-redis-1`, [
      "redis-cli",
      "--no-auth-warning",
      "--user",
      "consumer",
      "--pass",
      password,
      ...command,
    ]);
  expect(await asConsumer("GET", "consumer:hits")).not.toContain("NOPERM");
  expect(await asConsumer("GET", "others:hits")).toContain("NOPERM");
  expect(await asConsumer("FLUSHALL")).toContain("NOPERM");
});
