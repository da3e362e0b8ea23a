import { createServer } from "node:http";
import { expect, test } from "vitest";
import { caddyRouter } from "../../../src/router/caddy/caddy-router.ts";
import { listening } from "../../helpers/failure-of.ts";

const OLD = "web-1-old:80";

/** When the wait ended, with an admin API that tells of so many requests at these milliseconds. */
async function endOfDrain(inFlightAt: (milliseconds: number) => number): Promise<number> {
  const began = performance.now();
  const passed = () => performance.now() - began;
  const server = createServer((_, response) => {
    response.end(JSON.stringify([{ address: OLD, num_requests: inFlightAt(passed()) }]));
  });
  const router = caddyRouter(await listening(server));
  await router.awaitDrained(
    { name: "shop_example.org", servers: [OLD], atMostSeconds: 5 },
    new AbortController().signal,
  );
  return passed();
}

test("a Caddy is drained when nothing was in flight for a while, and not when it looked so once", async () => {
  let last = 0;
  const end = await endOfDrain((milliseconds) => {
    if (milliseconds < 300 || milliseconds > 2000) return 0;
    last = milliseconds;
    return 1;
  });
  expect(last).toBeGreaterThanOrEqual(300);
  expect(end - last).toBeGreaterThanOrEqual(800);
});
