import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDockerEngine } from "../../../../src/engine/docker/docker-engine.ts";
import type { Engine } from "../../../../src/engine/engine.ts";
import { bareNetwork } from "../../../../src/fields/network-table.ts";
import { Secret } from "../../../../src/secret.ts";
import { containerSpec } from "../../../helpers/build.ts";

/** A server that answers what it is told to, to see what the adapter asks for. */
let folder: string;
let server: Server;
let engine: Engine;
let requests: string[];
let answers: [pattern: RegExp, status: number, body: unknown][];
const { signal } = new AbortController();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "axon-"));
  requests = [];
  server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const answer = answers.find(([pattern]) => pattern.test(line));
    response.writeHead(answer?.[1] ?? 404).end(JSON.stringify(answer?.[2] ?? {}));
  });
  const path = join(folder, "docker.sock");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  engine = await openDockerEngine({
    description: `unix://${path}`,
    connection: { kind: "socket", path },
  });
});

afterEach(async () => {
  await engine.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const inspected = (id: string) => ({
  Id: id,
  Name: `/shop-${id}`,
  Image: "sha256:1",
  Config: { Image: "web:1", Labels: {} },
  HostConfig: {},
  State: { Status: "running", ExitCode: 0 },
  Mounts: [],
  NetworkSettings: { Networks: {} },
});

test("a look at twenty containers of one image is three lists and one inspection of each", async () => {
  const ids = Array.from({ length: 20 }, (_, at) => `c${at}`);
  const Labels = { "io.axon.deployment": "shop" };
  answers = [
    [/GET \/containers\/json/, 200, ids.map((Id) => ({ Id, ImageID: "sha256:1", Labels }))],
    [/GET \/networks/, 200, []],
    [/GET \/volumes/, 200, { Volumes: null }],
    [/GET \/containers\/c/, 200, inspected("c0")],
    [/GET \/images/, 200, { Id: "sha256:1", Config: null }],
  ];
  expect((await engine.observe("shop", signal)).containers).toHaveLength(20);
  expect(requests).toHaveLength(3 + 20 + 1);
});

test("a container that goes away during the look, and an image that did before, are no failure", async () => {
  const Labels = { "io.axon.deployment": "shop" };
  const listed = ["gone", "here"].map((Id) => ({ Id, ImageID: "sha256:1", Labels }));
  answers = [
    [/GET \/containers\/json/, 200, listed],
    [/GET \/networks/, 200, []],
    [/GET \/volumes/, 200, { Volumes: [] }],
    [/GET \/containers\/here/, 200, inspected("here")],
  ];
  const { containers } = await engine.observe("shop", signal);
  expect(containers.map(({ name }) => name)).toEqual(["shop-here"]);
});

test("a port on every address of both families is held once", async () => {
  const port = { PublicPort: 80, Type: "tcp" };
  const Ports = [{ ...port, IP: "0.0.0.0" }, { ...port, IP: "::" }, { Type: "tcp" }];
  const other = { Id: "1", Names: ["/nginx"], Image: "nginx", Labels: null, Ports };
  answers = [
    [/GET \/containers\/json/, 200, [other]],
    [/GET \/networks/, 200, []],
    [/GET \/volumes/, 200, {}],
  ];
  expect((await engine.observe("shop", signal)).foreign).toMatchObject({
    containerNames: { nginx: "container 1 (image nginx)" },
    publishedPorts: [{ protocol: "tcp", hostAddress: "", hostPort: 80, holder: "nginx" }],
  });
});

test("what carries no deployment's label and is on no other one's network can be taken over", async () => {
  const listed = (name: string, Labels: object | null, networks: readonly string[]) => ({
    Id: name,
    Names: [`/${name}`, `/linked-from/${name}`],
    Image: "nginx",
    Labels,
    NetworkSettings: { Networks: Object.fromEntries(networks.map((network) => [network, {}])) },
  });
  const OTHERS = { "io.axon.deployment": "other" };
  const SERVICE = "com.docker.compose.service";
  answers = [
    [
      /GET \/containers\/json/,
      200,
      [
        listed("free", null, ["bridge", "shop"]),
        listed("labelled", OTHERS, []),
        listed("proj-web-2", { [SERVICE]: "web", "com.docker.compose.container-number": "2" }, []),
        listed("proj-web-run-1", { [SERVICE]: "web", "com.docker.compose.oneoff": "True" }, []),
        listed("taken-over", {}, ["other"]),
      ],
    ],
    [
      /GET \/networks/,
      200,
      [
        { Id: "1", Name: "bridge", Labels: {} },
        { Id: "2", Name: "shop", Labels: { "io.axon.deployment": "shop" } },
        { Id: "3", Name: "other", Labels: OTHERS },
      ],
    ],
    [/GET \/volumes/, 200, {}],
  ];
  expect((await engine.observe("shop", signal)).foreign.adoptable).toEqual([
    { name: "free" },
    { name: "proj-web-2", composed: { service: "web", instance: 2 } },
    { name: "proj-web-run-1", composed: { service: "web", instance: 0 } },
  ]);
});

test("a refusal that repeats what it was sent does not give values away", async () => {
  const message = "invalid environment variable: A=confidential";
  answers = [[/POST \/containers\/create/, 400, { message }]];
  const request = {
    name: "shop-web",
    identity: { deployment: "shop", service: "web", instance: 1, kind: "service" },
    spec: containerSpec({ env: { A: "confidential" } }),
  } as const;
  const error: Error = await engine.createContainer(request, signal).catch((caught) => caught);
  expect(error).toMatchObject({ code: "ENGINE_REFUSED" });
  expect(`${error.message} ${error.cause}`).not.toContain("confidential");
});

test("of two networks that were made at the same moment, the later one goes again", async () => {
  const network = (Id: string, Created: string, deployment: string) => ({
    Id,
    Created,
    Name: "shop",
    Labels: { "io.axon.deployment": deployment },
  });
  const mine = network("b", "2026-01-01T00:00:00.000000002Z", "shop");
  const create = () =>
    engine.createNetwork({ spec: bareNetwork("shop"), deployment: "shop" }, signal);
  const after = (...found: object[]) => {
    answers = [
      [/POST \/networks\/create/, 201, { Id: "b" }],
      [/GET \/networks/, 200, [...found, { ...mine, Id: "x", Name: "shop-2", Created: "0" }]],
      [/DELETE \/networks\/b/, 204, {}],
    ];
    requests.length = 0;
  };

  after(mine, network("c", "2026-01-01T00:00:00.000000003Z", "shop"));
  expect(await create()).toBe("b");
  expect(requests).not.toContain("DELETE /networks/b");
  after(mine, network("a", "2026-01-01T00:00:00.000000001Z", "shop"));
  expect(await create()).toBe("a");
  expect(requests).toContain("DELETE /networks/b");
  after(mine, network("a", "2026-01-01T00:00:00.000000001Z", "other"));
  await expect(create()).rejects.toMatchObject({ code: "NAME_TAKEN" });
});

test("what answers but is no engine is said to be none", async () => {
  answers = [];
  await expect(engine.version(signal)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  answers = [[/GET/, 200, "hello"]];
  await expect(engine.version(signal)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
});

test("a pull that fails late says why", async () => {
  answers = [[/POST \/images\/create/, 200, { error: "manifest unknown" }]];
  await expect(engine.pullImage("web:1", signal)).rejects.toMatchObject({
    code: "IMAGE_UNAVAILABLE",
    message: "cannot pull web:1: manifest unknown",
  });
  expect(requests).toEqual(["POST /images/create?fromImage=web&tag=1"]);
});

test("a pull that fails late does not give away with what it was tried", async () => {
  const password = new Secret("confidential");
  const stranger = await openDockerEngine(
    { description: "unix", connection: { kind: "socket", path: join(folder, "docker.sock") } },
    { credentials: async () => ({ kind: "password", username: "anna", password }) },
  );
  answers = [[/POST \/images\/create/, 200, { error: "unauthorized: anna:confidential" }]];
  const error: Error = await stranger.pullImage("web:1", signal).catch((caught) => caught);
  await stranger.close();
  expect(error.message).toBe("cannot pull web:1: unauthorized: anna:[hidden]");
  expect(`${error.cause}`).not.toContain("confidential");
});

test("a container whose second network is not there is not left behind, unless somebody has started it", async () => {
  answers = [
    [/POST \/containers\/create/, 201, { Id: "c1" }],
    [/DELETE/, 204, undefined],
  ];
  const networks = ["a", "b"].map((name) => ({ name, aliases: [] }));
  const request = {
    name: "shop-web",
    identity: { deployment: "shop", service: "web", instance: 1, kind: "service" },
    spec: containerSpec({ networks }),
  } as const;
  await expect(engine.createContainer(request, signal)).rejects.toMatchObject({
    code: "ENGINE_REFUSED",
  });
  // Without force the engine refuses to remove what runs.
  expect(requests.at(-1)).toBe("DELETE /containers/c1?v=true");
});
