import { expect, test } from "vitest";
import { startConsul } from "../../helpers/consul.ts";
import { engineUpstream } from "./cutting-proxy.ts";
import type { Version } from "./interrupted-site.ts";
import { RoutedSite } from "./routed-site.ts";

const OF_THE_ENGINE = /\/(containers|networks)\//;

test("a deployer is killed at each step of a replacement with a route: its domain answers all the time, and the next deploy ends where one without interruption does", async () => {
  await using consul = await startConsul();
  await using site = await RoutedSite.open({
    engine: engineUpstream(),
    consulPort: consul.address.port,
  });
  const { requests, states } = await site.measure();
  const numbers = [...requests.keys()].filter((at) => OF_THE_ENGINE.test(requests[at] ?? ""));
  let version: Version = "one";
  for (const at of numbers) {
    version = version === "one" ? "two" : "one";
    const kill = { number: at + 1, side: "after" } as const;
    const problems = await site.kill(version, kill, states[version]);
    expect(problems, `killed after ${requests[at]}`).toEqual([]);
  }
}, 300_000);
