import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSite, type Site, storeToken, storeUrl } from "../helpers/axon.ts";

const USERS = `Config: {colour: green}
web: {image: axon-example/sleeper, env: {SIZE: "\${store.size}", COLOUR: "\${store.colour}"}}
other: {image: axon-example/sleeper}
`;

const kv = (site: Site, ...words: readonly string[]) =>
  site.axon(["kv", ...words, "-D", site.deployment]);

async function containerIds(site: Site): Promise<Record<string, string>> {
  const found = await site.containers();
  return Object.fromEntries(found.map(({ Id, Labels }) => [Labels["io.axon.service"] ?? "", Id]));
}

test("a key that axon kv has changed replaces exactly the services that use it, and a rollback takes both back", async () => {
  await using site = openSite("first: {image: axon-example/sleeper}\n");
  await site.deploy();
  expect(await kv(site, "put", "size", "small")).toExitWith(0);
  await site.deploy(USERS);
  const before = await containerIds(site);

  const put = await kv(site, "put", "size", "large");
  expect(put).toExitWith(0);
  expect(put.stdout).toContain('value: "small" -> "large"');
  expect(put.stdout).toContain("Revision 4.");
  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  expect(plan.stdout).toContain('env.SIZE: "small" -> "large"');
  expect(plan.stdout).not.toMatch(/outside of axon| other /);
  await site.deploy();
  const after = await containerIds(site);
  expect(after.web).not.toBe(before.web);
  expect(after.other).toBe(before.other);

  const { stdout: history } = await site.axon(["history", "-D", site.deployment]);
  expect(history).toMatch(/^4 .* complete .* 1 update +axon kv put size$/m);
  const value = (revision: string) => kv(site, "get", "size", "--revision", revision);
  expect((await value("3")).stdout).toBe("small");
  expect((await value("4")).stdout).toBe("large");
  expect(await value("1")).toExitWith(3);

  const back = await site.axon(["rollback", "3", "-D", site.deployment, "--yes"]);
  expect(back).toExitWith(0);
  expect((await kv(site, "get", "size")).stdout).toBe("small");
  expect((await site.inspect("web")).Config.Env).toContain("SIZE=small");
  expect((await site.axon(["deploy", "-D", site.deployment])).stdout).toBe("No changes.\n");
  const forth = await site.axon(["rollback", "5", "-D", site.deployment, "--yes"]);
  expect(forth).toExitWith(0);
  expect((await kv(site, "get", "size")).stdout).toBe("large");
});

test("a rollback leaves alone what services wrote, and puts a key of the file back to what it was before", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  await kv(site, "put", "colour", "red");
  await kv(site, "put", "kept", "yes");
  const root = `axon/${site.deployment}/config/`;
  await site.putKey(`${root}theirs`, "1");
  await site.deploy("Config: {colour: green}\nweb: {image: axon-example/sleeper}\n");
  await site.putKey(`${root}theirs`, "2");
  await kv(site, "delete", "kept");
  const changed = await kv(site, "put", "colour", "blue");
  expect(changed.stdout).toContain("Config in the Servicefile has colour");
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain('value: "blue" -> "green"');
  expect(plan.stdout).not.toContain("outside of axon");

  const back = await site.axon(["rollback", "3", "-D", site.deployment, "--yes"]);
  expect(back).toExitWith(0);
  expect(await site.keys(root)).toEqual({
    [`${root}colour`]: "red",
    [`${root}kept`]: "yes",
    [`${root}theirs`]: "2",
  });
  await site.deploy("web: {image: axon-example/sleeper}\n");
  expect(Object.keys(await site.keys(root))).toHaveLength(3);
});

test("what --sensitive has marked is not shown after a rollback that puts it back, and is in no revision in the clear", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  expect(await kv(site, "put", "pin", "sesame4711", "--sensitive")).toExitWith(0);
  expect(await kv(site, "delete", "pin")).toExitWith(0);
  const back = await site.axon(["rollback", "2", "-D", site.deployment, "--yes"]);
  expect(back).toExitWith(0);
  expect(await kv(site, "put", "size", "large")).toExitWith(0);

  const looks = [
    back,
    await kv(site, "list"),
    await kv(site, "list", "--json"),
    await kv(site, "list", "--revision", "4"),
    await kv(site, "get", "pin"),
    await kv(site, "history", "pin"),
    await kv(site, "export"),
    await site.axon(["plan", "-D", site.deployment]),
    await site.axon(["history", "-D", site.deployment]),
  ];
  for (const { stdout, stderr } of looks) expect(stdout + stderr).not.toContain("sesame4711");
  expect(looks[1]?.stdout).toMatch(/^pin .*\(sensitive\)$/m);
  const root = `axon/${site.deployment}/`;
  const holders = Object.entries(await site.keys(root)).filter(([, text]) =>
    text.includes("sesame4711"),
  );
  expect(holders.map(([key]) => key)).toEqual([`${root}config/pin`]);
  const shown = await kv(site, "get", "pin", "--show-sensitive");
  expect(shown.stdout).toBe("sesame4711");
  await kv(site, "delete", "pin");
  const kept = await kv(site, "list", "--revision", "4");
  expect(kept.stdout).toMatch(/^pin .*\(sensitive\)$/m);
});

test("a rollback takes back what a change of keys had written when it was cut off", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const root = `axon/${site.deployment}/`;
  const at = "2026-11-21T00:00:00.000Z";
  const keys = { size: "create", never: "create" };
  const journal = { version: 1, command: "axon kv import", who: "ana@build", at, revision: 2 };
  await site.putKey(`${root}config/size`, "large");
  await site.putKey(
    `${root}state/journal/run`,
    JSON.stringify({ ...journal, planned: 2, changes: [], keys }),
  );
  expect(await site.axon(["rollback", "1", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect(await site.keys(`${root}config/`)).toEqual({});
  const { [`${root}state/revisions/2`]: record = "", ...others } = await site.keys(root);
  expect(JSON.parse(record).keys).toEqual({ size: "remove", never: "create" });
  expect(others).not.toHaveProperty([`${root}state/journal/run`]);
});

test("keys from before the first deploy are there for it, and are no state to go back to", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const second = site.sibling("second");
  const put = ["kv", "put", "size", "small", "-D", second];
  expect((await site.axon(put)).stdout).toContain("Revision 1, the first of");
  await site.axon(["deploy", "-D", second, "--yes"]);
  const back = await site.axon(["rollback", "-D", second, "--yes"]);
  expect(back).toExitWith(3);
  expect(back.stderr).toContain("has no earlier revision");
  const named = await site.axon(["rollback", "1", "-D", second, "--yes"]);
  expect(named.stderr).toContain("holds keys only");
});

test("an export of one deployment is imported into another, and gives the same file again", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const long = Array.from({ length: 150 }, (_, index) => `  many/k${index}: "${index}"`);
  const text = `format_version: "1.0"\nconfig:\n  odd: "a\\n\\tb \\u2028 ü"\n${long.join("\n")}\nsensitive:\n  pin: "1234"\n`;
  site.write("keys.yaml", text);
  const refused = await kv(site, "put", "odd", "x");
  expect(refused).toExitWith(0);
  const asked = await kv(site, "import", "keys.yaml");
  expect(asked).toExitWith(4);
  expect(await kv(site, "import", "keys.yaml", "--yes")).toExitWith(0);
  expect((await kv(site, "import", "keys.yaml")).stdout).toBe("No changes.\n");
  for (const format of ["yaml", "json"]) {
    const all = ["--show-sensitive", "--format", format];
    const out = `out.${format}`;
    site.write(out, "what everybody may read");
    expect(await kv(site, "export", ...all, "-o", out)).toExitWith(3);
    expect(await kv(site, "export", ...all, "-o", out, "--force")).toExitWith(0);
    expect(statSync(join(site.directory, out)).mode & 0o777).toBe(0o600);
    const other = site.sibling(format);
    const imported = await site.axon(["kv", "import", out, "-D", other]);
    expect(imported).toExitWith(0);
    const first = await kv(site, "export", ...all);
    const again = await site.axon(["kv", "export", ...all, "-D", other]);
    expect(again.stdout).toBe(first.stdout.replace(site.deployment, other));
    const shown = await site.axon(["kv", "list", "-D", other]);
    expect(shown.stdout).toMatch(/^pin .*\(sensitive\)$/m);
  }
});

test("five writers at once lose nothing, and each is a revision", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const names = ["a", "b", "c", "d", "e"];
  const runs = await Promise.all(names.map((name) => kv(site, "put", name, name)));
  for (const run of runs) expect(run).toExitWith(0);
  const { stdout } = await kv(site, "list", "--json");
  const { revision, keys } = JSON.parse(stdout);
  expect(revision).toBe(6);
  expect(keys.map(({ key }: { key: string }) => key)).toEqual(names);
});

test("a writer that is killed has written the key with its revision, or neither", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const root = `axon/${site.deployment}/`;
  for (let number = 1; number <= 6; number += 1) {
    const running = site.start(["kv", "put", `k${number}`, "1", "-D", site.deployment], {
      AXON_LOCK_TTL: "10",
    });
    const killed = running.seen("Plan:").then(
      () => running.signal("SIGKILL"),
      () => undefined,
    );
    await Promise.all([killed, running.ended]);
    const keys = await site.keys(root);
    const records = Object.entries(keys).filter(([key]) => key.includes("/state/revisions/"));
    const told = records.flatMap(([, text]) => Object.keys(JSON.parse(text).keys ?? {}));
    const there = Object.keys(keys).filter((key) => key.startsWith(`${root}config/`));
    expect(there.map((key) => key.slice(`${root}config/`.length)).sort()).toEqual(told.sort());
    await site.axon(["unlock", "-D", site.deployment, "--yes"]);
  }
  expect(await kv(site, "put", "last", "1")).toExitWith(0);
});

test("a store of one's own needs no engine", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  await site.deploy();
  const url = (await storeUrl(site.system)).replace("http:", "consul:");
  const token = { AXON_KV_TOKEN: await storeToken(site.system) };
  const away = { DOCKER_HOST: "unix:///nowhere/docker.sock", ...token };
  const at = ["-D", site.deployment, "--kv", url];
  expect(await site.axon(["kv", "put", "size", "1", ...at], away)).toExitWith(0);
  expect((await site.axon(["kv", "get", "size", ...at], away)).stdout).toBe("1");
  const managed = await site.axon(["kv", "list", "-D", site.deployment], away);
  expect(managed).toExitWith(1);
  expect(managed.stderr).toContain("ENGINE_UNREACHABLE");
});
