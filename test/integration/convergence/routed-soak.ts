import { startConsul } from "../../helpers/consul.ts";
import type { SiteOptions, Version } from "./interrupted-site.ts";
import { type Kill, RoutedSite } from "./routed-site.ts";

export interface RoutedSoakOptions extends Pick<SiteOptions, "engine"> {
  readonly say: (line: string) => void;
  readonly report: (text: string) => void;
}

const SIDES = ["before", "after"] as const;

/** Kills the deployer at each request of a replacement with a route, on both sides of it; answers how many went wrong. */
export async function soakRoute({ engine, say, report }: RoutedSoakOptions): Promise<number> {
  await using consul = await startConsul();
  const open = async () => {
    const site = await RoutedSite.open({ engine, consulPort: consul.address.port });
    return { site, ...(await site.measure()) };
  };
  let world = await open();
  const kills = world.requests.flatMap((request, at) =>
    SIDES.map((side): readonly [string, Kill] => [request, { number: at + 1, side }]),
  );
  say(`a replacement with a route: ${kills.length} kills, at ${world.requests.length} requests`);
  const began = performance.now();
  let [version, failed]: [Version, number] = ["one", 0];
  for (const [at, [request, kill]] of kills.entries()) {
    version = version === "one" ? "two" : "one";
    const problems = await world.site.kill(version, kill, world.states[version]);
    if (problems.length > 0) {
      failed += 1;
      report(`to ${version}, killed ${kill.side} ${request}\n  ${problems.join("\n  ")}\n`);
      await world.site[Symbol.asyncDispose]();
      world = await open();
      version = "one";
    }
    if ((at + 1) % 20 === 0 || at + 1 === kills.length) {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      say(`${at + 1} of ${kills.length} kills in ${seconds} s, ${failed} failed`);
    }
  }
  await world.site[Symbol.asyncDispose]();
  return failed;
}
