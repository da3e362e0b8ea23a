import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

const file = (version: number) => `\
web:
  image: axon-example/sleeper
  env: {VERSION: ${version}}
  require: [License, db]
  bootstrap: {fill: echo filled}
shop: {image: axon-example/sleeper, require: web}
db: {image: axon-example/sleeper}
`;

test("what requires a resource is held until that is set; all else is deployed", async () => {
  await using site = openSite(file(1));
  const names = async () =>
    (await site.containers())
      .map(({ Names }) => Names[0]?.slice(site.deployment.length + 2))
      .sort();
  const resource = (...args: string[]) => site.axon(["resource", ...args, "-D", site.deployment]);

  const first = await site.deploy();
  expect(await names()).toEqual(["db-1"]);
  expect(first.stdout).toMatch(/\. web +held {2}# requires the resource License, which is not set/);
  expect(first.stdout).toMatch(/\. shop +held {2}# requires web, which is held/);
  expect(first.stdout).toMatch(/Plan: \d to add(, 1 to change)?, 3 held\./);
  expect(first.stdout).toMatch(/Done in .*, 3 held\./);

  const again = await site.axon(["deploy", "-D", site.deployment, "--detailed-exitcode"]);
  expect(again).toExitWith(2);
  expect(again.stdout).toContain("No changes.\nheld: web.fill requires the resource License");
  const plan = await site.axon(["plan", "-D", site.deployment, "--json", "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  const { held, resource_changes } = JSON.parse(plan.stdout);
  expect(resource_changes).toEqual([]);
  expect(held.map(({ address }: { address: string }) => address)).toEqual([
    "task.web.fill",
    "service.shop",
    "service.web",
  ]);

  expect(await resource("set", "License", "granted")).toExitWith(0);
  expect((await resource("get", "License")).stdout).toBe("granted\n");
  expect(await site.keys(`axon/${site.deployment}/state/resources/`)).toEqual({
    [`axon/${site.deployment}/state/resources/License`]: "granted",
  });
  const released = await site.deploy();
  expect(released.stderr).toContain("web.fill | filled");
  expect(await names()).toEqual(["db-1", "shop-1", "web-1"]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  expect(await resource("unset", "License")).toExitWith(0);
  const { Id } = await site.inspect("web");
  const changed = await site.deploy(file(2).replace("db: {", "db: {env: {A: b}, "));
  expect(changed.stdout).toMatch(/\. web +held .*; it keeps running as it is/);
  expect(changed.stdout).toMatch(/\/[-+] db +replace/);
  const kept = await site.inspect("web");
  expect(kept.Id).toBe(Id);
  expect(kept.Config.Env).toContain("VERSION=1");

  await resource("set", "License");
  const updated = await site.deploy();
  expect(updated.stdout).not.toContain("changed outside of axon");
  expect((await site.inspect("web")).Config.Env).toContain("VERSION=2");
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  await resource("unset", "License");
  expect(await site.axon(["rollback", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect((await site.inspect("web")).Config.Env).toContain("VERSION=1");
});

test("resources are listed; names and words that cannot be are refused", async () => {
  await using site = openSite("db: {image: axon-example/sleeper}\n");
  await site.deploy();
  const resource = (...args: string[]) => site.axon(["resource", ...args, "-D", site.deployment]);
  expect((await resource("list")).stdout).toBe(`${site.deployment} has no resources.\n`);
  await resource("set", "License", "granted");
  await resource("set", "ApiToken", "opensesame");
  expect((await resource("list")).stdout).toBe("ApiToken  (sensitive)\nLicense   granted\n");
  expect(JSON.parse((await resource("list", "--json")).stdout).resources).toEqual({
    ApiToken: "(sensitive)",
    License: "granted",
  });
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  for (const words of [["set"], ["list", "x"], ["get", "a", "b"], ["set", "a/b"], ["put", "a"]]) {
    expect(await resource(...words)).toExitWith(3);
  }
  const unknown = await resource("get", "Nope");
  expect(unknown).toExitWith(3);
  expect(unknown.stderr).toContain("error RESOURCE_UNKNOWN");
});
