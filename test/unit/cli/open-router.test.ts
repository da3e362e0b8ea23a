import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { openRouter } from "../../../src/cli/open-router.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";

async function readsElsewhere(router: string): Promise<boolean> {
  let isTold = false;
  const context = {
    env: {},
    stop: new AbortController().signal,
    readsElsewhere: () => {
      isTold = true;
    },
  } as unknown as Context;
  await openRouter(router, new FakeEngine(), context);
  return isTold;
}

test("a run that asks Caddy leaves no look for the next one: what Caddy has is read elsewhere", async () => {
  expect(await readsElsewhere("caddy://127.0.0.1:1")).toBe(true);
  expect(await readsElsewhere("traefik")).toBe(false);
});
