import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { resolveEngineAddress } from "../../../src/cli/engine-address.ts";

type Files = Readonly<Record<string, string>>;
type Env = Readonly<Record<string, string>>;

const resolve = (flag: string | undefined, env: Env = {}, files: Files = {}) =>
  resolveEngineAddress({ flag, env, readFile: (path) => files[path], homedir: "/home/me" });

const contextFiles = (name: string, docker: object, tls: Files = {}): Files => {
  const id = createHash("sha256").update(name).digest("hex");
  const folder = "/home/me/.docker/contexts";
  return {
    "/home/me/.docker/config.json": JSON.stringify({ currentContext: name }),
    [`${folder}/meta/${id}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker } }),
    ...Object.fromEntries(
      Object.entries(tls).map(([file, text]) => [`${folder}/tls/${id}/docker/${file}`, text]),
    ),
  };
};

describe("where the engine is", () => {
  test("is the usual socket when nothing is said", () => {
    expect(resolve(undefined)).toEqual({
      description: "unix:///var/run/docker.sock",
      connection: { kind: "socket", path: "/var/run/docker.sock" },
    });
  });

  test("is what the flag says, then DOCKER_HOST, then the context", () => {
    const files = contextFiles("far", { Host: "unix:///context.sock" });
    const env = { DOCKER_HOST: "unix:///env.sock", DOCKER_CONTEXT: "far" };
    expect(resolve("unix:///flag.sock", env, files).description).toBe("unix:///flag.sock");
    expect(resolve(undefined, env, files).description).toBe("unix:///env.sock");
    expect(resolve(undefined, { DOCKER_HOST: "" }, files).description).toBe("unix:///context.sock");
    expect(resolve(undefined, { DOCKER_CONTEXT: "default" }, files).description).toBe(
      "unix:///var/run/docker.sock",
    );
  });

  test("is in a folder of the user's own choice", () => {
    const files = { "/etc/d/config.json": '{"currentContext": "absent"}' };
    expect(() => resolve(undefined, { DOCKER_CONFIG: "/etc/d" }, files)).toThrow(/absent/);
  });

  test("a damaged configuration tells nothing", () => {
    expect(resolve(undefined, {}, { "/home/me/.docker/config.json": "{" }).description).toBe(
      "unix:///var/run/docker.sock",
    );
  });
});

describe("addresses", () => {
  test("ssh", () => {
    expect(resolve("ssh://me@far:2222")).toEqual({
      description: "ssh://me@far:2222",
      connection: { kind: "ssh", host: "far", port: 2222, user: "me" },
    });
    expect(resolve("ssh://far").connection).toMatchObject({ port: undefined, user: undefined });
  });

  test("tcp has Docker's ports by default", () => {
    expect(resolve("tcp://far").connection).toMatchObject({ port: 2375, tls: undefined });
    expect(resolve("tcp://[::1]:99").connection).toMatchObject({ host: "::1", port: 99 });
    expect(resolve("https://far").connection).toMatchObject({ port: 2376, tls: { verify: true } });
  });

  test("a named pipe", () => {
    expect(resolve("npipe:////./pipe/docker_engine").connection).toEqual({
      kind: "socket",
      path: "//./pipe/docker_engine",
    });
  });

  test.each(["", "docker", "far:2375", "unix://relative", "ftp://far", "tcp://", "ssh://far/path"])(
    "%o is nonsense",
    (text) => {
      expect(() => resolve(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
    },
  );

  test.each([
    "ssh://me:hidden@far",
    "ssh://me:hidden@far:99999",
    "ftp://me:hidden@far",
    "tcp://me:hidden@",
    "me:hidden@far",
    "unix://me:hidden@far",
  ])("a password in an address that is refused is not repeated: %s", (text) => {
    expect(() => resolve(text)).toThrow(
      /^--docker (holds a password|is not the address of an engine)$/,
    );
  });
});

describe("TLS", () => {
  const pems = { "ca.pem": "CA", "cert.pem": "CERT", "key.pem": "KEY" };
  const at = (folder: string) =>
    Object.fromEntries(Object.entries(pems).map(([name, text]) => [`${folder}/${name}`, text]));
  const tls = { ca: "CA", cert: "CERT", key: "KEY", verify: true };

  test("comes from DOCKER_CERT_PATH", () => {
    const env = { DOCKER_HOST: "tcp://far", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    expect(resolve(undefined, env, at("/certs")).connection).toMatchObject({ port: 2376, tls });
  });

  test("comes from the context", () => {
    const files = contextFiles("far", { Host: "tcp://far:1", SkipTLSVerify: true }, pems);
    expect(resolve(undefined, {}, files).connection).toMatchObject({
      tls: { ...tls, verify: false },
    });
  });

  test("is not used where nobody asked for it", () => {
    expect(resolve("tcp://far", {}, at("/home/me/.docker")).connection).toMatchObject({
      tls: undefined,
    });
  });
});
