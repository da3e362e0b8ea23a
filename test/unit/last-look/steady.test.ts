import fc from "fast-check";
import { expect, test } from "vitest";
import type { Read } from "../../../src/http/pipeline.ts";
import { steady } from "../../../src/last-look/steady.ts";

const CONTAINERS: Read = "GET /containers/json?all=1";
const CONTAINER: Read = "GET /containers/5f3a/json";

const answer = (body: unknown, headers: Record<string, string> = {}) => ({
  status: 200,
  headers,
  text: typeof body === "string" ? body : JSON.stringify(body),
});

const told = (read: Read, body: unknown, headers?: Record<string, string>) =>
  steady(read, answer(body, headers));

test("for how long a container is up does not count, its state does", () => {
  const entry = { Id: "5f3a", State: "running", Status: "Up 3 minutes" };
  const first = told(CONTAINERS, [entry]);
  expect(told(CONTAINERS, [{ ...entry, Status: "Up 4 minutes" }])).toBe(first);
  expect(told(CONTAINERS, [{ ...entry, State: "exited" }])).not.toBe(first);
});

test.each([
  ["containers", CONTAINERS, (items: unknown[]) => items],
  ["networks", "GET /networks", (items: unknown[]) => items],
  ["volumes", "GET /volumes", (items: unknown[]) => ({ Volumes: items })],
  ["ports in the list", CONTAINERS, (items: unknown[]) => [{ Id: "5f3a", Ports: items }]],
  ["mounts", CONTAINER, (items: unknown[]) => ({ Mounts: items })],
] as const)("the order of %s does not count, each of them does", (_, read, around) => {
  const [a, b, c] = [{ Name: "a" }, { Name: "b" }, { Name: "c" }];
  expect(told(read, around([b, a]))).toBe(told(read, around([a, b])));
  expect(told(read, around([a, c]))).not.toBe(told(read, around([a, b])));
  expect(told(read, around([a]))).not.toBe(told(read, around([a, b])));
});

test("the order of what has one counts", () => {
  const command = (...words: string[]) => ({ Config: { Cmd: words } });
  expect(told(CONTAINER, command("a", "b"))).not.toBe(told(CONTAINER, command("b", "a")));
});

const health = (Status: string, FailingStreak: number, ...Log: unknown[]) => ({
  State: { Status: "running", Health: { Status, FailingStreak, Log } },
});

test("what the last health checks wrote does not count, what came of them does", () => {
  const first = told(CONTAINER, health("healthy", 0, { Output: "a" }));
  expect(told(CONTAINER, health("healthy", 0, { Output: "a" }, { Output: "b" }))).toBe(first);
  expect(told(CONTAINER, health("unhealthy", 0, { Output: "a" }))).not.toBe(first);
  expect(told(CONTAINER, health("healthy", 1, { Output: "a" }))).not.toBe(first);
});

test("what a check of the catalogue wrote does not count, that it is critical does", () => {
  const checks: Read = "GET /v1/agent/checks?filter=x";
  const check = { CheckID: "web", Status: "critical", Output: "connection refused" };
  const first = told(checks, { web: check });
  expect(told(checks, { web: { ...check, Output: "no such host" } })).toBe(first);
  expect(told(checks, { web: { ...check, Status: "passing" } })).not.toBe(first);
  expect(told(checks, {})).not.toBe(first);
});

test("that a health check or somebody's command is running does not count", () => {
  expect(told(CONTAINER, { Id: "1", ExecIDs: ["2"] })).toBe(
    told(CONTAINER, { Id: "1", ExecIDs: null }),
  );
});

test("of the headers only those count that adapters read", () => {
  const first = told("GET /_ping", "OK", { server: "Docker/20.10", date: "now" });
  expect(told("GET /_ping", "OK", { server: "Docker/20.10", date: "later" })).toBe(first);
  for (const other of [
    { server: "Docker/28.5" },
    { server: "Docker/20.10", "api-version": "1.41" },
    { server: "Docker/20.10", "x-docker-container-path-stat": "e30=" },
    { server: "Docker/20.10", "x-consul-results-filtered-by-acls": "true" },
  ]) {
    expect(told("GET /_ping", "OK", other)).not.toBe(first);
  }
});

test("the status counts", () => {
  const { headers, text } = answer("");
  const is = (status: number) => steady("GET /v1/kv/a", { status, headers, text });
  expect(is(404)).not.toBe(is(200));
});

test("an answer that is no JSON counts as it is", () => {
  expect(told("GET /v1/a", "{")).not.toBe(told("GET /v1/a", "["));
});

const inspected = {
  Id: "5f3a",
  Name: "/shop-web-1",
  Image: "sha256:1",
  RestartCount: 0,
  State: { Status: "running", Running: true, ExitCode: 0, Health: { Status: "healthy" } },
  Config: { Env: ["A=1"], Cmd: ["serve"], Labels: { "io.axon.hash": "1" } },
  HostConfig: { Memory: 64, RestartPolicy: { Name: "always", MaximumRetryCount: 0 } },
  Mounts: [{ Name: "data", Destination: "/data", RW: true }],
  NetworkSettings: { Networks: { shop: { Aliases: ["web"], IPAddress: "172.20.0.2" } } },
};

const leaves = leavesOf(inspected);

test("all else of a container counts", () => {
  fc.assert(
    fc.property(fc.constantFrom(...leaves), fc.string(), (path, value) => {
      const other = structuredClone(inspected);
      const last = path.at(-1) ?? "";
      const holder = path.slice(0, -1).reduce((at, key) => at[key] as Tree, other as Tree);
      fc.pre(holder[last] !== value);
      holder[last] = value;
      expect(told(CONTAINER, other)).not.toBe(told(CONTAINER, inspected));
    }),
  );
});

interface Tree {
  [key: string]: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}
