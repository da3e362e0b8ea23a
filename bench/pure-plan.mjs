import { independent } from "./files.mjs";

const FACTS = {
  reference: "axon-example/sleeper",
  id: `sha256:${"0".repeat(64)}`,
  labels: {},
  defaults: {
    entrypoint: undefined,
    command: undefined,
    env: {},
    user: undefined,
    exposedPorts: [],
    hasHealthcheck: false,
    volumes: [],
  },
};

/** planDeployment alone, through the library, on a live state that was made up. */
export function purePlan(state) {
  return async () => {
    const axon = await import("axon-deploy");
    const contender = (count) => {
      const model = modelOf(axon, count);
      const live = state === "equal" ? equalTo(model) : NOTHING_LIVE;
      return () => timePlan(axon, model, live);
    };
    return { "10,000": contender(10_000), "1,000": contender(1_000) };
  };
}

function timePlan({ planDeployment }, model, live) {
  const began = performance.now();
  planDeployment(model, live, { digest: (text) => text });
  return performance.now() - began;
}

function modelOf({ loadServicefile, buildModel }, count) {
  const servicefile = loadServicefile({
    file: "Servicefile",
    text: independent(count).servicefile,
  });
  const { model } = buildModel({
    servicefile,
    deployment: "bench",
    images: { [FACTS.reference]: FACTS },
    endpoints: {},
    config: {},
    foreignEndpoints: {},
    store: { kind: "consul", scheme: "http", hostAndPort: "consul:8500", alias: undefined },
    customerId: "default",
    hash: { digest: () => "", basic: () => "" },
  });
  return model;
}

const NOTHING_LIVE = {
  engine: {
    containers: [],
    networks: [],
    volumes: [],
    foreign: { containerNames: {}, networkNames: {}, volumeNames: {}, publishedPorts: [] },
  },
  store: {
    present: true,
    keys: 0,
    config: {},
    ownedConfig: [],
    endpoints: {},
    routes: {},
    tasks: {},
    notices: [],
  },
  managedStore: undefined,
};

function equalTo({ deployment, networks: specs, services }) {
  const containers = Object.values(services).map(({ name, kind, container, containerNames }) => ({
    id: `${name}-id`,
    name: containerNames[0],
    identity: { deployment, service: name, instance: 1, kind },
    status: "running",
    health: "none",
    exitCode: undefined,
    spec: container,
  }));
  const networks = Object.values(specs).map((spec) => {
    return { id: `${spec.name}-id`, name: spec.name, spec, guests: [] };
  });
  return { ...NOTHING_LIVE, engine: { ...NOTHING_LIVE.engine, containers, networks } };
}
