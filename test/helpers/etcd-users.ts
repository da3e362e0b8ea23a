import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Login } from "../../src/kv/store-address.ts";
import { Secret } from "../../src/secret.ts";
import type { TestEtcd } from "./etcd.ts";

const ROOT: Login = { user: "root", password: new Secret("correct-horse") };

/**
 * From now on the server asks who one is. There is a user that may do what docs/store.md says for a
 * deployment, and the one that etcd demands besides.
 */
export async function addUser(server: TestEtcd, deployment: string, login: Login): Promise<void> {
  for (const { user, password } of [ROOT, login]) {
    await administer(server, "user/add", { name: user, password: password.reveal() });
    await administer(server, "role/add", { name: user });
    await administer(server, "user/grant", { user, role: user });
  }
  for (const documented of documentedPrefixes()) {
    const prefix = documented.replace("axon/example/", `axon/${deployment}/`);
    const end = prefix.replace(/\/$/, "0");
    const perm = { permType: "READWRITE", key: btoa(prefix), range_end: btoa(end) };
    await administer(server, "role/grant", { name: login.user, perm });
  }
  await administer(server, "enable", {});
}

function documentedPrefixes(): readonly string[] {
  const page = readFileSync("docs/store.md", "utf8");
  const grants = /etcdctl role grant-permission example --prefix=true readwrite (\S+)/g;
  const prefixes = [...page.matchAll(grants)].map(([, prefix = ""]) => prefix);
  expect(prefixes).toContain("axon/example/");
  return prefixes;
}

/** `path` of its API for users and roles. */
export async function administer(
  { url }: Pick<TestEtcd, "url">,
  path: string,
  request: object,
): Promise<void> {
  const ask = (what: string, body: object, headers = {}) =>
    fetch(`${url}/v3/auth/${what}`, { method: "POST", body: JSON.stringify(body), headers });
  const login = { name: ROOT.user, password: ROOT.password.reveal() };
  const { token } = (await (await ask("authenticate", login)).json()) as { token?: string };
  const response = await ask(path, request, token ? { authorization: token } : {});
  expect([path, response.status, response.ok ? "" : await response.text()]).toEqual([
    path,
    200,
    "",
  ]);
}
