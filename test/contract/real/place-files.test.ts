import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContainerSpec } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { containerSpec } from "../../helpers/build.ts";
import { type DockerWorld, openDockerWorld } from "../../helpers/docker-world.ts";

let world: DockerWorld;
const { signal } = new AbortController();

beforeEach(async () => {
  world = await openDockerWorld();
});
afterEach(() => world.dispose());

/** What a container with these fields prints. */
async function output(command: string, overrides: Partial<ContainerSpec>): Promise<string[]> {
  const { engine, deployment, image } = world;
  const id = await engine.createContainer(
    {
      name: `${deployment}-web`,
      identity: { deployment, service: "web", instance: 1, kind: "service" },
      spec: containerSpec({
        image,
        command: ["sh", "-c", command],
        networks: [],
        restart: { name: "no", maximumRetries: 0 },
        ...overrides,
      }),
    },
    signal,
  );
  await engine.startContainer(id, signal);
  const wait = { until: "exited", timeoutMilliseconds: 20_000, settleMilliseconds: 0 } as const;
  await engine.awaitContainer(id, wait, signal);
  return (await engine.readLogs(id, 10, signal)).map(({ text }) => text);
}

const file = { mode: 0o400, digest: "1" };

test("files are there when the container starts, in directories that were not", async () => {
  const files = [
    { ...file, target: "/etc/deep/down/a.conf", mode: 0o644, content: "x = ü\n" },
    { ...file, target: "/run/secrets/db", content: new Secret("secret") },
  ];
  const command =
    "cat /etc/deep/down/a.conf; stat -c '%a %u %g' /etc/deep/down/a.conf /run/secrets/db";
  expect(await output(`${command}; wc -c < /run/secrets/db`, { files })).toEqual([
    "x = ü",
    "644 0 0",
    "400 0 0",
    "6",
  ]);
});

test("they belong to the container's user where it is a number", async () => {
  const files = [{ ...file, target: "/run/secrets/db", content: "secret" }];
  const command = "cat /run/secrets/db; echo; stat -c '%u %g' /run/secrets/db";
  expect(await output(command, { files, user: "1000:1001" })).toEqual(["secret", "1000 1001"]);
});

test("a name that is too long for the first form of an archive is kept", async () => {
  const target = `/etc/${"a".repeat(120)}/${"b".repeat(120)}`;
  expect(await output(`cat ${target}`, { files: [{ ...file, target, content: "x" }] })).toEqual([
    "x",
  ]);
});

test("a container that takes no files is not left behind", async () => {
  const files = [{ ...file, target: "/run/secrets/db", content: "secret" }];
  await expect(output("true", { files, readOnly: true })).rejects.toMatchObject({
    message: expect.stringContaining("read-only"),
  });
  const { containers } = await world.engine.observe(world.deployment, signal);
  expect(containers).toEqual([]);
});
