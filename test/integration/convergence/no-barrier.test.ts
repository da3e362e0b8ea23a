import { expect, test } from "vitest";
import { openSite } from "../../helpers/axon.ts";
import type { EngineEvent } from "../../helpers/engine-events.ts";

/** The engine kills it when its ten seconds are over. */
const DEAF = "trap '' TERM; while :; do sleep 1; done";

/** More than this nobody is down because of it, beside what the engine takes for the same when nobody is deaf. */
const MOST_MILLISECONDS = 1000;

test("a service that does not listen to its stop signal keeps no neighbour down", async () => {
  await using site = openSite();
  const file = (deaf: string, neighbour: string) => `\
deaf: {image: axon-example/sleeper, cmd: "${DEAF}", env: {EDITION: ${deaf}}}
neighbour: {image: axon-example/sleeper, env: {EDITION: ${neighbour}}}
`;
  const replaceNeighbour = async (servicefile: string) => {
    const old = await site.inspect("neighbour");
    await site.deploy(servicefile);
    const next = await site.inspect("neighbour");
    const events = await site.events();
    const isUpAgain = timeOf(events, "start", next);
    return { isUpAgain, downFor: isUpAgain - timeOf(events, "die", old) };
  };
  await site.deploy(file("one", "one"));
  const alone = await replaceNeighbour(file("one", "two"));
  const deaf = await site.inspect("deaf");
  const beside = await replaceNeighbour(file("two", "three"));
  expect(beside.downFor).toBeLessThan(alone.downFor + MOST_MILLISECONDS);
  expect(timeOf(await site.events(), "die", deaf)).toBeGreaterThan(beside.isUpAgain);
});

function timeOf(events: readonly EngineEvent[], action: string, { Id }: { readonly Id: string }) {
  return (
    events.find((event) => event.action === action && event.container === Id)?.at ?? Number.NaN
  );
}

test("a later step does not wait for an old container whose successor serves already", async () => {
  await using site = openSite();
  const file = (edition: string) => `\
deaf:
  {image: axon-example/sleeper, step: 2, cmd: "${DEAF}", env: {EDITION: ${edition}}, update: {order: start-first},
   healthcheck: {test: exit 0, interval: 200ms}}
later: {image: axon-example/sleeper, step: 4, env: {EDITION: ${edition}}}
`;
  await site.deploy(file("one"));
  const deaf = await site.inspect("deaf");
  await site.deploy(file("two"));
  const later = await site.inspect("later");

  const events = await site.events();
  const at = (action: string, { Id }: { readonly Id: string }) =>
    events.findIndex((event) => event.action === action && event.container === Id);
  expect(at("start", later)).toBeGreaterThan(-1);
  expect(at("die", deaf)).toBeGreaterThan(at("start", later));
});
