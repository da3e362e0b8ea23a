import { expect, test } from "vitest";
import { Secret } from "../../src/secret.ts";
import { openSite, type Site } from "../helpers/axon.ts";
import { startEtcd } from "../helpers/etcd.ts";
import { addUser } from "../helpers/etcd-users.ts";

const PASSWORD = "correct-pony-42";

const servicefile = ({ deployment }: Site) => `\
Deployment: ${deployment}
Config: {greeting: hello}
Domains: {${deployment}.example.org: {http: "${deployment}:web"}}
web: {image: rock77/website, cmd: /bin/runserver, ports: {http: 8000}}
job: {image: axon-example/sleeper, cmd: echo done, detach: false}
`;

test("a user of etcd that may do what docs/store.md says deploys, and its password is nowhere", async () => {
  await using etcd = await startEtcd();
  await using site = openSite();
  site.write("Servicefile", servicefile(site));
  site.write("password", `${PASSWORD}\n`);
  await addUser(etcd, site.deployment, { user: "deployer", password: new Secret(PASSWORD) });
  const env = { AXON_KV: etcd.url.replace("http", "etcd"), AXON_KV_USER: "deployer" };
  const withFile = { ...env, AXON_KV_PASSWORD_FILE: "password" };
  const said: string[] = [];
  const run = async (env: Record<string, string>, ...args: string[]) => {
    const done = await site.axon(args, env);
    said.push(done.stdout, done.stderr);
    return done;
  };

  expect(await run(withFile, "deploy", "--yes")).toExitWith(0);
  const again = await run({ ...env, AXON_KV_PASSWORD: PASSWORD }, "deploy");
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
  for (const command of ["plan", "status", "history"]) {
    const place = command === "plan" ? [] : ["-D", site.deployment];
    expect(await run(withFile, command, "--json", ...place)).toExitWith(0);
  }
  const wrong = await run({ ...env, AXON_KV_PASSWORD: `${PASSWORD}x` }, "plan");
  expect(wrong).toExitWith(1);
  expect(wrong.stderr).toContain("refuses access");
  const inspected = [await site.inspect("web"), await site.inspect("job").catch(() => undefined)];
  expect(JSON.stringify([said, inspected])).not.toContain(PASSWORD);

  expect(await run(withFile, "destroy", "-D", site.deployment, "--yes")).toExitWith(0);
});
