import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { DockerClient } from "../../../../src/engine/docker/docker-client.ts";
import type { TlsMaterial } from "../../../../src/engine/docker/engine-address.ts";

/** Of "localhost", for a hundred years; the key protects nothing. */
const CERT = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUN8KknKmNY7ja+mx2jCqx9wnhktcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxMjgyMloYDzIxMjYxMDI4
MDEyODIyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASxWGvYBDPvqxM8I+bnFD3uBV1IMl9RMr0JKjIFyHnF4Fq/Ft5AbNRf
mxPxqISaIdnwCU9VjzOWVFqszQm08ZM/o2kwZzAdBgNVHQ4EFgQUAsKX8FsMIpU/
nGQtaPdeJOZR0/MwHwYDVR0jBBgwFoAUAsKX8FsMIpU/nGQtaPdeJOZR0/MwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIhAMr3YnDk+Gf1GEdEPyMnan7O3zZEUd0W1l7EZof59w01AiAcNuaCQpmr
jv2P6kdBfmERF1zGSjG8eebF4hY3skOoqQ==
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9t7+ZPUelvdSxf3Y
Qexhda+CYWqb4g6LQIqRNfGXwlmhRANCAASxWGvYBDPvqxM8I+bnFD3uBV1IMl9R
Mr0JKjIFyHnF4Fq/Ft5AbNRfmxPxqISaIdnwCU9VjzOWVFqszQm08ZM/
-----END PRIVATE KEY-----`;

const { signal } = new AbortController();
const VERSION = { doing: "ask for the version", signal };
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function listen(server: Server): Promise<number> {
  const ends = new Set<Duplex>();
  server.on("connection", (socket) => ends.add(socket));
  stops.push(() => {
    server.close();
    for (const end of ends) end.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function open(port: number, tls?: TlsMaterial, host = "127.0.0.1"): Promise<DockerClient> {
  const connection = { kind: "tcp", host, port, tls } as const;
  const client = await DockerClient.open({ description: `tcp://${host}:${port}`, connection });
  stops.push(() => client.close());
  return client;
}

async function openFor(listener: RequestListener): Promise<DockerClient> {
  return open(await listen(createServer(listener)));
}

test("the host that is asked for is named", async () => {
  const client = await openFor(({ headers }, response) => {
    response.end(JSON.stringify(headers));
  });
  expect(await client.json("GET /version", VERSION)).toMatchObject({
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
});

test.each([
  ["tcp://127.0.0.1:9", "/nowhere"],
  ["ssh://user@127.0.0.1", ""],
  ["unix:///nowhere.sock", ""],
  ["what:://is this", ""],
])("DOCKER_HOST=%s does not change where a client leads", async (host, certificates) => {
  vi.stubEnv("DOCKER_HOST", host);
  vi.stubEnv("DOCKER_CERT_PATH", certificates);
  vi.stubEnv("DOCKER_TLS_VERIFY", "1");
  const client = await openFor((_, response) => {
    response.end('{"Version":"1"}');
  });
  expect(await client.json("GET /version", VERSION)).toEqual({ Version: "1" });
  expect(process.env.DOCKER_HOST).toBe(host);
});

test("over TLS, both sides show who they are", async () => {
  const options = { cert: CERT, key: KEY, ca: CERT, requestCert: true };
  const server = createTlsServer(options, (_, response) => {
    response.end("{}");
  });
  const port = await listen(server as Server);
  const own = { ca: CERT, cert: CERT, key: KEY, verify: true };
  const ask = async (tls: TlsMaterial, host = "localhost") =>
    (await open(port, tls, host)).json("GET /version", VERSION);

  expect(await ask(own)).toEqual({});
  await expect(ask({ ...own, cert: undefined, key: undefined })).rejects.toThrow();
  await expect(ask({ ...own, ca: undefined })).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
    hint: expect.stringContaining("DOCKER_CERT_PATH"),
  });
  await expect(ask(own, "127.0.0.1")).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  expect(await ask({ ...own, ca: undefined, verify: false }, "127.0.0.1")).toEqual({});
});

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = Buffer.concat(await request.toArray()).toString();
  response.end(JSON.stringify({ method, url, type: headers["content-type"], body }));
}

test("through ssh, the user's own command makes the connection", async () => {
  const port = await listen(createServer((request, response) => void echo(request, response)));
  const folder = mkdtempSync(join(tmpdir(), "axon-"));
  stops.push(() => rmSync(folder, { recursive: true }));
  const script = `#!${process.execPath}
require("node:fs").writeFileSync(${JSON.stringify(join(folder, "words"))}, process.argv.slice(2).join(" "));
const socket = require("node:net").connect(${port}, "127.0.0.1");
process.stdin.pipe(socket).pipe(process.stdout);`;
  writeFileSync(join(folder, "ssh"), script, { mode: 0o755 });
  vi.stubEnv("PATH", folder);
  const connection = { kind: "ssh", host: "box", port: 2222, user: "anna" } as const;
  const client = await DockerClient.open({ description: "ssh://anna@box:2222", connection });
  stops.push(() => client.close());
  const calls = [1, 2, 3].map((t) => client.json("GET /x", { ...VERSION, query: { t } }));
  expect(await Promise.all(calls)).toMatchObject([1, 2, 3].map((t) => ({ url: `/x?t=${t}` })));
  expect(readFileSync(join(folder, "words"), "utf8")).toMatch(
    /-l anna -p 2222 -- box docker system dial-stdio$/,
  );
});

test("query and body arrive as they are meant, also where there is none", async () => {
  const client = await openFor((request, response) => void echo(request, response));
  const query = { name: "a b&c", force: true, t: 0 };
  expect(await client.json("POST /x", { ...VERSION, query })).toEqual({
    method: "POST",
    url: "/x?name=a%20b%26c&force=true&t=0",
    body: "",
  });
  expect(await client.json("POST /x", { ...VERSION, body: {} })).toMatchObject({
    type: "application/json",
    body: "{}",
  });
  expect(await client.json("DELETE /x", { ...VERSION, query: { v: true } })).toMatchObject({
    url: "/x?v=true",
    body: "",
  });
});

test("an answer that is cut short is a failure, not a wait", async () => {
  const client = await openFor((_, response) => {
    response.writeHead(200, { "Content-Length": 100 }).write('{"Version":');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(client.json("GET /version", VERSION)).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
  });
});

test("nobody is redirected", async () => {
  const asked = vi.fn();
  const elsewhere = await listen(createServer(asked));
  const client = await openFor((_, response) => {
    response.writeHead(302, { Location: `http://127.0.0.1:${elsewhere}/` }).end("moved");
  });
  await expect(client.json("GET /version", VERSION)).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
  });
  expect(asked).not.toHaveBeenCalled();
});

test("an engine that does not answer in time is given up", async () => {
  const client = await openFor(() => {});
  await expect(client.json("GET /version", { ...VERSION, answerWithin: 30 })).rejects.toMatchObject(
    { code: "ENGINE_UNREACHABLE", message: expect.stringContaining("no answer in time") },
  );
});

test("what refuses to leave HTTP behind says why", async () => {
  const client = await openFor((_, response) => {
    response.writeHead(409).end('{"message":"container is paused"}');
  });
  await expect(client.hijack("POST /exec/1/start", VERSION)).rejects.toMatchObject({
    code: "ENGINE_REFUSED",
    message: expect.stringContaining("container is paused"),
  });
});

test("more calls than connections are all answered", async () => {
  const client = await openFor((_, response) => {
    setTimeout(() => response.end("{}"), 5);
  });
  const calls = Array.from({ length: 100 }, () => client.json("GET /version", VERSION));
  expect(await Promise.all(calls)).toHaveLength(100);
});
