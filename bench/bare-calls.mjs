import { setTimeout as after } from "node:timers/promises";
import { eachAtMost } from "./engine.mjs";
import { createRequest } from "./files.mjs";

/** As long as Axon sees that what has no health check stays up: what is new, and what takes another's place. */
const STAYS_UP = { first: 500, successor: 1500 };

const CREATES_AT_ONCE = 16;

async function makeNetwork({ engine, label: [key, value] }, name) {
  const network = { Name: name, CheckDuplicate: true, Labels: { [key]: value } };
  await engine.call("POST", "/networks/create", network);
}

async function make({ engine, label }, network, { service, name = service, ...more }) {
  const request = { ...createRequest(service, network, label), ...more };
  const query = `name=${network}-${name}`;
  return (await engine.call("POST", `/containers/create?${query}`, request)).Id;
}

function names(count) {
  return Array.from({ length: count }, (_, index) => `s${index}`);
}

/** A network, then create and start, with nothing in between. */
export async function bareFirst(world, network, [count, atOnce]) {
  const began = performance.now();
  await makeNetwork(world, network);
  await eachAtMost(atOnce, names(count), async (service) => {
    const id = await make(world, network, { service });
    await world.engine.call("POST", `/containers/${id}/start`);
  });
  return performance.now() - began;
}

/** What a replacement cannot do without where the old one is kept until the new one has stayed up. */
export async function bareReplace(world, network, [count, atOnce]) {
  const { call } = world.engine;
  const serving = new Map();
  const start = (id) => call("POST", `/containers/${id}/start`);
  const begin = async (service) => {
    serving.set(service, await make(world, network, { service }));
    await start(serving.get(service));
  };
  await makeNetwork(world, network);
  await eachAtMost(CREATES_AT_ONCE, names(count), begin);
  let round = 0;
  return async () => {
    const began = performance.now();
    round += 1;
    const made = new Map();
    await eachAtMost(CREATES_AT_ONCE, names(count), async (service) => {
      made.set(service, await make(world, network, { service, name: `${service}-${round}` }));
    });
    const gone = [];
    await eachAtMost(atOnce, [...made], async ([service, next]) => {
      const old = serving.get(service);
      await call("POST", `/containers/${old}/stop`);
      await start(next);
      serving.set(service, next);
      gone.push(after(STAYS_UP.successor).then(() => call("DELETE", `/containers/${old}?v=1`)));
    });
    await Promise.all(gone);
    return performance.now() - began;
  };
}

const CHECKED = { Healthcheck: { Test: ["CMD", "true"], Interval: 500_000_000 } };

/** The chain, where each waits for the engine's events. */
export async function bareChain(world, network) {
  const { call } = world.engine;
  const run = async (service, more) => {
    const id = await make(world, network, { service, ...more });
    await call("POST", `/containers/${id}/start`);
    return id;
  };
  const began = performance.now();
  await makeNetwork(world, network);
  await healthy(world, await run("db", CHECKED));
  const migrate = await run("migrate", { Cmd: ["true"], HostConfig: once(network) });
  await call("POST", `/containers/${migrate}/wait`);
  await healthy(world, await run("api", CHECKED));
  await run("web");
  await after(STAYS_UP.first);
  return performance.now() - began;
}

function once(network) {
  return { NetworkMode: network };
}

async function healthy({ engine }, id) {
  const filters = { container: [id], event: ["health_status"] };
  const query = `since=1&filters=${encodeURIComponent(JSON.stringify(filters))}`;
  for await (const part of await engine.stream(`/events?${query}`)) {
    if (part.includes("health_status: healthy")) return;
  }
}
