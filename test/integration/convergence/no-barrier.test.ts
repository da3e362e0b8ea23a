import { expect, test } from "vitest";
import { openSite } from "../../helpers/axon.ts";

/** The engine kills it when its ten seconds are over. */
const DEAF = "trap '' TERM; while :; do sleep 1; done";

/** Less than one second, and what an engine takes for a start on a machine with ten times more to do than it can. */
const MOST_MILLISECONDS = 3000;

test("a service that does not listen to its stop signal keeps no neighbour down", async () => {
  await using site = openSite();
  const file = (edition: string) => `\
deaf: {image: axon-example/sleeper, cmd: "${DEAF}", env: {EDITION: ${edition}}}
neighbour: {image: axon-example/sleeper, env: {EDITION: ${edition}}}
`;
  await site.deploy(file("one"));
  const [deaf, neighbour] = [await site.inspect("deaf"), await site.inspect("neighbour")];
  await site.deploy(file("two"));
  const next = await site.inspect("neighbour");

  const events = await site.events();
  const timeOf = (action: string, { Id }: { readonly Id: string }) =>
    events.find((event) => event.action === action && event.container === Id)?.at ?? Number.NaN;
  const isUpAgain = timeOf("start", next);
  expect(isUpAgain - timeOf("die", neighbour)).toBeLessThan(MOST_MILLISECONDS);
  expect(timeOf("die", deaf)).toBeGreaterThan(isUpAgain);
});

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
