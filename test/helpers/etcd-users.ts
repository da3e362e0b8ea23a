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
  for (const one of [ROOT, login]) await addAlone(server, one);
  await grant(server, { deployment, role: "example", user: login.user });
  await administer(server, "enable", {});
}

/** Besides, a user that may do what docs/store.md says for the containers of a deployment. */
export async function allowContainers(
  server: TestEtcd,
  deployment: string,
  login: Login,
): Promise<void> {
  await addAlone(server, login);
  await grant(server, { deployment, role: "example-containers", user: login.user });
}

async function addAlone(server: TestEtcd, { user, password }: Login): Promise<void> {
  await administer(server, "user/add", { name: user, password: password.reveal() });
  await administer(server, "role/add", { name: user });
  await administer(server, "user/grant", { user, role: user });
}

interface Grant {
  readonly deployment: string;
  /** Of docs/store.md. */
  readonly role: string;
  readonly user: string;
}

async function grant(server: TestEtcd, { deployment, role, user }: Grant): Promise<void> {
  for (const { permType, prefix: documented } of documentedRights(role)) {
    const prefix = documented.replace("axon/example/", `axon/${deployment}/`);
    const perm = { permType, key: btoa(prefix), range_end: btoa(prefix.replace(/\/$/, "0")) };
    await administer(server, "role/grant", { name: user, perm });
  }
}

function documentedRights(role: string) {
  const page = readFileSync("docs/store.md", "utf8");
  const grants = new RegExp(`grant-permission ${role} --prefix=true (\\w+) (\\S+)`, "g");
  const rights = [...page.matchAll(grants)].map(([, right = "", prefix = ""]) => {
    return { permType: right.toUpperCase(), prefix };
  });
  expect(rights.map(({ prefix }) => prefix).join()).toContain("axon/example/");
  return rights;
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
