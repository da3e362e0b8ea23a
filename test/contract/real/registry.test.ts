import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openDockerEngine } from "../../../src/engine/docker/docker-engine.ts";
import type { FindCredentials } from "../../../src/engine/docker/registry-auth.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { ImageIdentity } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { type DockerWorld, openDockerWorld } from "../../helpers/docker-world.ts";
import { pushImage, type Registry, startRegistry } from "../../helpers/registry.ts";

const USER = { username: "anna", password: "pass:word+/ü" };
const { signal } = new AbortController();

let registry: Registry;
let world: DockerWorld;
let engine: Engine;
let pushed: string[];

beforeAll(async () => {
  registry = await startRegistry(USER);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(async () => {
  world = await openDockerWorld();
  pushed = [];
  engine = await openAs(USER.password);
});
afterEach(async () => {
  for (const name of pushed) await remove(name);
  await engine.close();
  await world.dispose();
});

async function openAs(password: string | undefined): Promise<Engine> {
  const credentials: FindCredentials = async (host) =>
    host === registry.host && password !== undefined
      ? { kind: "password", username: USER.username, password: new Secret(password) }
      : undefined;
  return openDockerEngine(world.address, { credentials });
}

/** In the registry, and not in the engine. Answers the digest. */
async function publish({ reference }: ImageIdentity, name: string): Promise<string> {
  const image = world.docker.getImage(reference);
  const [repo = "", tag = ""] = splitTag(name);
  await image.tag({ repo, tag });
  const digest = await pushImage(world.docker, name, { ...USER, serveraddress: registry.host });
  await world.docker.getImage(name).remove();
  if (!pushed.includes(name)) pushed.push(name, `${repo}@${digest}`);
  return digest;
}

function splitTag(name: string): [string, string] {
  const colon = name.lastIndexOf(":");
  return [name.slice(0, colon), name.slice(colon + 1)];
}

async function remove(name: string): Promise<void> {
  await world.docker
    .getImage(name)
    .remove()
    .catch(() => {});
}

const nameOf = (tag: string) => `${registry.host}/${world.deployment}:${tag}`;

test("a private image is pulled with the credentials for its registry", async () => {
  const image = await world.addImage("own", ["ENV A=1"]);
  await publish(image, nameOf("1"));
  expect(await engine.inspectImage(nameOf("1"), signal)).toBeUndefined();
  await engine.pullImage(nameOf("1"), signal);
  expect((await engine.inspectImage(nameOf("1"), signal))?.id).toBe(image.id);
});

test.each([
  ["none", undefined],
  ["wrong ones", "wrong:word"],
])("with %s, the registry lets nobody in, and no secret is told", async (_, password) => {
  await publish(await world.addImage("own", ["ENV A=1"]), nameOf("1"));
  const stranger = await openAs(password);
  const error: Error = await stranger.pullImage(nameOf("1"), signal).catch((caught) => caught);
  await stranger.close();
  expect(error).toMatchObject({
    code: "IMAGE_UNAVAILABLE",
    message: expect.stringMatching(/credentials|unauthorized|authentication/),
    hint: expect.stringContaining("docker login"),
  });
  const cause = error.cause instanceof Error ? error.cause.message : "";
  expect(`${error.message} ${cause}`).not.toContain("wrong:word");
});

test("an image is pulled by its digest, and known by it", async () => {
  const image = await world.addImage("own", ["ENV A=1"]);
  const digest = await publish(image, nameOf("1"));
  const reference = `${registry.host}/${world.deployment}@${digest}`;
  await engine.pullImage(reference, signal);
  expect((await engine.inspectImage(reference, signal))?.id).toBe(image.id);
  expect(await engine.inspectImage(nameOf("1"), signal)).toBeUndefined();
});

test("a tag that moved leads to the new image after a pull", async () => {
  const [one, two] = [
    await world.addImage("one", ["ENV A=1"]),
    await world.addImage("two", ["ENV A=2"]),
  ];
  const idOf = async () => (await engine.inspectImage(nameOf("1"), signal))?.id;
  await publish(one, nameOf("1"));
  await engine.pullImage(nameOf("1"), signal);
  expect(await idOf()).toBe(one.id);
  await publish(two, nameOf("1"));
  await engine.pullImage(nameOf("1"), signal);
  expect(await idOf()).toBe(two.id);
});

test("what the registry does not have is told as the registry tells it", async () => {
  await expect(engine.pullImage(nameOf("absent"), signal)).rejects.toMatchObject({
    code: "IMAGE_UNAVAILABLE",
    message: expect.stringMatching(/not found|unknown/),
  });
});
