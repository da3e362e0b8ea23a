import fc from "fast-check";
import { expect, test } from "vitest";
import { openSite, type Site, storeToken, storeUrl } from "../../helpers/axon.ts";
import { stateOf } from "./deployment-state.ts";

/** The same files in every run; AXON_SEED=<number> makes others. */
const SEED = Number(process.env.AXON_SEED ?? 20_261_121);
const CASES = 6;

const NAMES = ["api", "cache", "db", "web"] as const;
const words = fc.constantFrom("", "one", "two words", "$${three}");
const envs = fc.record({ MODE: words, API_TOKEN: words, PATH_TO: words }, { requiredKeys: [] });

const bootstraps = fc.record(
  {
    cmd: fc.constantFrom("true", "exit 0"),
    env: envs,
    run: fc.constantFrom("on-change", "once"),
  },
  { requiredKeys: ["cmd"] },
);

/** What JSON leaves out is not in the file. */
const services = fc.record({
  image: fc.constant("axon-example/sleeper"),
  env: envs,
  step: fc.constantFrom(2, 4),
  scale: fc.constantFrom(1, 1, 2),
  memory: fc.constantFrom(undefined, "64m", "96m"),
  cpus: fc.constantFrom(undefined, 0.5, 1),
  pids_limit: fc.constantFrom(undefined, 100, 200),
  restart: fc.constantFrom("always", "unless-stopped", "on-failure:3"),
  user: fc.constantFrom(undefined, "1000"),
  volumes: fc.constantFrom(undefined, { data: "/data" }, { data: "/srv", logs: "/logs" }),
  ports: fc.constantFrom(undefined, { http: 80 }, { http: 8080, admin: 81 }),
  publish: fc.constantFrom(undefined, { "127.0.0.1:0": 80 }),
  networks: fc.constantFrom(undefined, { default: { aliases: ["known-as"] } }),
  healthcheck: fc.constantFrom(undefined, { test: "true", interval: "200ms" }),
  update: fc.constantFrom(undefined, { order: "stop-first" }),
  bootstrap: fc.option(fc.dictionary(fc.constantFrom("migrate", "seed"), bootstraps), {
    nil: undefined,
  }),
});

type Service = typeof services extends fc.Arbitrary<infer T> ? T : never;

const files = fc.record({
  services: fc.dictionary(fc.constantFrom(...NAMES), services, { minKeys: 1, maxKeys: 3 }),
  config: fc.record({ size: words, "db/host": words, "db/password": words }, { requiredKeys: [] }),
  domains: fc.uniqueArray(fc.constantFrom("example.org", "*.example.org", "a.example.org/shop")),
});

type File = typeof files extends fc.Arbitrary<infer T> ? T : never;

/** A file and another version of it: some services are as they were, some have other fields, some come or go. */
const versions = fc
  .record({
    first: files,
    other: files,
    fields: fc.subarray<keyof Service>(
      [
        ...["env", "scale", "memory", "cpus", "pids_limit", "restart", "volumes"],
        ...["ports", "publish", "networks", "healthcheck", "update", "bootstrap", "user"],
      ] as (keyof Service)[],
      { maxLength: 4 },
    ),
  })
  .map(({ first, other, fields }) => {
    const mixed = Object.entries(other.services).map(([name, service]) => {
      const before = first.services[name];
      const changed = fields.map((field) => [field, service[field]]);
      return [name, before ? { ...before, ...Object.fromEntries(changed) } : service];
    });
    return { first, second: { ...other, services: Object.fromEntries(mixed) as File["services"] } };
  });

/** Each service requires the one before it, where that is not of a later step. */
function servicefile(deployment: string, { services: all, config, domains }: File): string {
  const names = Object.keys(all).sort();
  const entries = names.map((name, at) => {
    const { bootstrap, ...service } = all[name] as Service;
    const before = names[at - 1];
    const required = before !== undefined && (all[before]?.step ?? 0) <= service.step;
    const jobs = Object.entries(bootstrap ?? {}).map(([job, spec]) => [
      job,
      { ...spec, step: service.step },
    ]);
    return [
      name,
      {
        ...service,
        ...(required && { require: [before] }),
        ...(jobs.length > 0 && { bootstrap: Object.fromEntries(jobs) }),
      },
    ];
  });
  const target = names.find((name) => all[name]?.ports !== undefined);
  const routes = domains.map((domain) => {
    const [host, path] = domain.split("/");
    return [host, { http: `${deployment}:${target}:http`, ...(path && { path: `/${path}` }) }];
  });
  return JSON.stringify({
    Config: config,
    ...(target !== undefined && { Domains: Object.fromEntries(routes) }),
    ...Object.fromEntries(entries),
  });
}

/** Without what is kept on purpose: volumes and records of one-shots that the file does not have, and records of what runs only once. */
async function stateFor(site: Site, { services: all }: File): Promise<unknown> {
  const { store, volumes, ...state } = (await stateOf({
    docker: site.docker,
    consulUrl: await storeUrl(site.system),
    consulToken: await storeToken(site.system),
    deployment: site.deployment,
    named: {},
  })) as { store: Record<string, unknown>; volumes: readonly string[] };
  const wanted = Object.entries(all).flatMap(([service, spec]) =>
    Object.keys(spec.volumes ?? {}).map((name) => `${site.deployment}-${service}-${name}`),
  );
  const records = `axon/${site.deployment}/state/tasks/`;
  const kept = Object.entries(store).filter(([key]) => {
    if (!key.startsWith(records)) return true;
    const [service = "", job = ""] = key.slice(records.length).split(".");
    const spec = all[service]?.bootstrap?.[job];
    return spec !== undefined && spec.run !== "once";
  });
  return {
    ...state,
    volumes: volumes.filter((name) => wanted.includes(name)),
    store: Object.fromEntries(kept),
  };
}

async function deploy(site: Site, file: File): Promise<unknown> {
  const text = servicefile(site.deployment, file);
  await site.deploy(text);
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout, text).toBe("No changes.\n");
  return stateFor(site, file);
}

const cases = fc
  .sample(versions, { seed: SEED, numRuns: CASES })
  .map((pair, index) => ({ ...pair, number: index + 1 }));

test.for(cases)(
  `generated file $number of seed ${SEED}: what was deployed leaves nothing to plan, and going to another version and back ends where it began`,
  async ({ first, second }) => {
    await using site = openSite();
    const before = await deploy(site, first);
    await deploy(site, second);
    expect(await deploy(site, first)).toEqual(before);
  },
);
