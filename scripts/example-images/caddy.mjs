import { join } from "node:path";
import { unpacked } from "./packages.mjs";

/** Caddy 2.11, of a suite of Debian that is newer than the machine's. */
export async function caddyProgram(cache) {
  const folder = await unpacked({ cache, name: "caddy", suite: "forky", seeds: ["caddy"] });
  return join(folder, "usr/bin/caddy");
}
