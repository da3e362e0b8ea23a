import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffContainer, FIELDS, withoutImage } from "../../../src/fields/table.ts";
import type { ImageDefaults } from "../../../src/live.ts";
import type { ContainerSpec, Healthcheck } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { containerSpec, imageIdentity, NO_DEFAULTS } from "../../helpers/build.ts";

const deltas = (before: Partial<ContainerSpec>, after: Partial<ContainerSpec>) =>
  diffContainer(containerSpec(before), containerSpec(after)).deltas.map(({ delta }) => delta);

const FIELD_COUNT = Object.keys(FIELDS).length;

const supplied = (spec: Partial<ContainerSpec>, image: Partial<ImageDefaults>) =>
  withoutImage(containerSpec(spec), { ...NO_DEFAULTS, ...image });

const CHECK: Healthcheck = {
  test: ["CMD", "check"],
  interval: 5000,
  timeout: 1000,
  startPeriod: 0,
  retries: 3,
};

describe("diffContainer", () => {
  test("equal containers have no difference, and every field counts as unchanged", () => {
    const { deltas, unchanged } = diffContainer(containerSpec(), containerSpec());
    expect({ deltas, unchanged }).toEqual({ deltas: [], unchanged: FIELD_COUNT });
  });

  test("every difference says whether the engine can make it in place", () => {
    const before = containerSpec();
    const after = containerSpec({
      user: "app",
      restart: { name: "no", maximumRetries: 0 },
      networks: [],
    });
    expect(diffContainer(before, after)).toMatchObject({
      deltas: [
        { delta: { path: "user" }, change: "replace" },
        { delta: { path: "restart" }, change: "update" },
        { delta: { path: "networks" }, change: "update" },
      ],
      unchanged: FIELD_COUNT - 3,
    });
  });
});

describe("image", () => {
  test("another reference to the same content is no difference", () => {
    expect(
      deltas({ image: imageIdentity("a:1", "x") }, { image: imageIdentity("b:2", "x") }),
    ).toEqual([]);
  });

  test("another reference is told by the references", () => {
    expect(deltas({ image: imageIdentity("web:1") }, { image: imageIdentity("web:2") })).toEqual([
      { path: "image", before: "web:1", after: "web:2" },
    ]);
  });

  test("a tag that moved is told by short content addresses", () => {
    const [before, after] = [imageIdentity("web:1", "old"), imageIdentity("web:1", "new")];
    expect(deltas({ image: before }, { image: after })).toEqual([
      {
        path: "image",
        before: before.id.slice(0, 19),
        after: after.id.slice(0, 19),
        note: "same tag",
      },
    ]);
  });
});

describe("entrypoint and command", () => {
  const image = { entrypoint: ["/run"], command: ["serve"] };

  test("what the image has anyway is no part of the container", () => {
    expect(supplied({ entrypoint: ["/run"], command: ["serve"] }, image)).toMatchObject({
      entrypoint: undefined,
      command: undefined,
    });
  });

  test("the order of words counts, and where one ends", () => {
    expect(deltas({ command: ["a b"] }, { command: ["a", "b"] })).toHaveLength(1);
    expect(deltas({ command: ["a", "b"] }, { command: ["b", "a"] })).toHaveLength(1);
  });

  test("the image's command behind an entrypoint of one's own is one's own", () => {
    expect(supplied({ entrypoint: ["/other"], command: ["serve"] }, image).command).toEqual([
      "serve",
    ]);
  });

  test("an empty entrypoint switches the image's off, and its command stays", () => {
    expect(supplied({ entrypoint: [], command: ["serve"] }, image)).toMatchObject({
      entrypoint: [],
      command: undefined,
    });
  });

  test("an empty entrypoint is nothing where the image has none", () => {
    expect(supplied({ entrypoint: [], command: [] }, {})).toMatchObject({
      entrypoint: undefined,
      command: undefined,
    });
  });
});

describe("env", () => {
  test("each name is told by itself, sorted", () => {
    expect(deltas({ env: { B: "1", A: "1" } }, { env: { C: "2", A: "2" } })).toEqual([
      { path: "env.A", before: "1", after: "2" },
      { path: "env.B", before: "1", after: undefined },
      { path: "env.C", before: undefined, after: "2" },
    ]);
  });

  test("an empty value is not an absent one", () => {
    expect(deltas({ env: {} }, { env: { A: "" } })).toEqual([
      { path: "env.A", before: undefined, after: "" },
    ]);
  });

  test("names of JavaScript's own objects are names like others", () => {
    expect(deltas({ env: {} }, { env: { constructor: "x", toString: "y" } })).toHaveLength(2);
  });

  test("a secret is compared by its value and never shown", () => {
    expect(deltas({ env: { URL: "x" } }, { env: { URL: new Secret("x") } })).toEqual([]);
    expect(deltas({ env: { URL: new Secret("x") } }, { env: { URL: "y" } })).toEqual([
      { path: "env.URL", before: undefined, after: undefined, sensitive: true },
    ]);
  });

  test("a name that looks secret is enough", () => {
    expect(deltas({ env: {} }, { env: { DB_PASSWORD: "x" } })).toEqual([
      {
        path: "env.DB_PASSWORD",
        before: undefined,
        after: undefined,
        sensitive: true,
        note: "added",
      },
    ]);
    expect(deltas({ env: { DB_PASSWORD: "x" } }, { env: {} })).toMatchObject([{ note: "removed" }]);
  });

  test("no value of a secret ever leaves the difference", () => {
    const text = fc.string({ minLength: 3 }).map((value) => `~${value}~`);
    const secrets = fc.dictionary(
      fc.string(),
      text.map((value) => new Secret(value)),
    );
    fc.assert(
      fc.property(secrets, secrets, (before, after) => {
        const shown = JSON.stringify(deltas({ env: before }, { env: after }));
        for (const secret of [...Object.values(before), ...Object.values(after)]) {
          expect(shown).not.toContain(JSON.stringify(secret.reveal()).slice(1, -1));
        }
      }),
    );
  });

  test("what the image sets to the same value is not the container's", () => {
    const image = { env: { PATH: "/bin", LANG: "C" } };
    expect(supplied({ env: { PATH: "/bin", LANG: "de", A: "1" } }, image).env).toEqual({
      LANG: "de",
      A: "1",
    });
  });
});

describe("user", () => {
  test("the image's own user is no part of the container", () => {
    expect(supplied({ user: "app" }, { user: "app" }).user).toBeUndefined();
    expect(supplied({ user: "root" }, { user: "app" }).user).toBe("root");
  });
});

describe("mounts", () => {
  const mount = { kind: "volume", source: "data", target: "/data", readOnly: false } as const;

  test("order and spelling of paths do not count", () => {
    const other = { ...mount, kind: "bind", source: "/srv/x/", target: "/x" } as const;
    const same = { ...other, source: "/srv/./x", target: "//x/" } as const;
    expect(deltas({ mounts: [mount, other] }, { mounts: [same, mount] })).toEqual([]);
  });

  test("each target is told by itself", () => {
    const readOnly = { ...mount, readOnly: true };
    const other = { ...mount, target: "/other" };
    expect(deltas({ mounts: [mount] }, { mounts: [readOnly, other] })).toEqual([
      { path: "volumes./data", before: "data", after: "data:ro" },
      { path: "volumes./other", before: undefined, after: "data" },
    ]);
  });
});

describe("publish", () => {
  const port = { port: 80, protocol: "tcp", hostAddress: "", hostPort: 8080 } as const;
  const any = { ...port, hostPort: 0 };

  test("order does not count", () => {
    const other = { ...port, port: 81, hostPort: 8081 };
    expect(deltas({ publish: [port, other] }, { publish: [other, port] })).toEqual([]);
  });

  test("a host port that the engine may choose is another thing than one that was asked for", () => {
    expect(deltas({ publish: [port] }, { publish: [any] })).toHaveLength(1);
    expect(deltas({ publish: [any] }, { publish: [any] })).toEqual([]);
    expect(deltas({ publish: [any] }, { publish: [port] })).toEqual([
      { path: "publish", before: ["80"], after: ["8080:80"] },
    ]);
  });

  test("one port of the host does not serve two wishes", () => {
    expect(deltas({ publish: [port] }, { publish: [port, any] })).toHaveLength(1);
    expect(deltas({ publish: [port] }, { publish: [any, any] })).toHaveLength(1);
  });

  test("it is told the way it is written", () => {
    const publish = [
      { ...port, hostAddress: "127.0.0.1" },
      { ...any, hostAddress: "::1", protocol: "udp" } as const,
    ];
    expect(deltas({ publish: [] }, { publish })).toEqual([
      { path: "publish", before: [], after: ["127.0.0.1:8080:80", "[::1]::80/udp"] },
    ]);
  });
});

describe("healthcheck", () => {
  test("each part that differs is told", () => {
    const after = { ...CHECK, interval: 10_000, retries: 5 };
    expect(deltas({ healthcheck: CHECK }, { healthcheck: after })).toEqual([
      { path: "healthcheck.interval", before: "5s", after: "10s" },
      { path: "healthcheck.retries", before: 3, after: 5 },
    ]);
  });

  test("switching it off is told as such", () => {
    expect(deltas({ healthcheck: CHECK }, { healthcheck: "none" })).toEqual([
      { path: "healthcheck", before: ["CMD", "check"], after: "none" },
    ]);
  });

  test("the image's own is no part of the container, written down or not", () => {
    const image = { hasHealthcheck: true, healthcheck: CHECK };
    expect(supplied({ healthcheck: CHECK }, image).healthcheck).toBeUndefined();
    expect(supplied({ healthcheck: { ...CHECK, retries: 0 } }, image).healthcheck).toBeUndefined();
    expect(supplied({ healthcheck: "none" }, image).healthcheck).toBe("none");
  });

  test("switching off what the image does not have is nothing", () => {
    expect(supplied({ healthcheck: "none" }, {}).healthcheck).toBeUndefined();
  });
});

describe("restart", () => {
  test("a number of retries counts only for on-failure", () => {
    const restart = (name: "always" | "on-failure", maximumRetries: number) => ({
      restart: { name, maximumRetries },
    });
    expect(deltas(restart("always", 0), restart("always", 3))).toEqual([]);
    expect(deltas(restart("on-failure", 0), restart("on-failure", 3))).toEqual([
      { path: "restart", before: "on-failure", after: "on-failure:3" },
    ]);
  });
});

describe("networks", () => {
  test("order and repetition do not count", () => {
    const [a, b] = [
      { name: "a", aliases: ["x", "y"] },
      { name: "b", aliases: [] },
    ];
    expect(
      deltas({ networks: [a, b] }, { networks: [b, { name: "a", aliases: ["y", "x", "y"] }] }),
    ).toEqual([]);
  });

  test("names and aliases are told apart", () => {
    const before = [{ name: "a", aliases: ["x"] }];
    const after = [
      { name: "a", aliases: ["y"] },
      { name: "b", aliases: [] },
    ];
    expect(deltas({ networks: before }, { networks: after })).toEqual([
      { path: "networks", before: ["a"], after: ["a", "b"] },
      { path: "networks.a.aliases", before: ["x"], after: ["y"] },
    ]);
  });
});

test("a probe that Axon wrote in another way is the same probe, and is told by what it probes", () => {
  const check = { interval: 1000, timeout: 1000, startPeriod: 0, retries: 3 };
  const probe = (url: string, script: string) => ({
    ...check,
    test: ["CMD-SHELL", `: axon-probe '${url}'; ${script}`],
  });
  const of = (healthcheck: ReturnType<typeof probe>) => containerSpec({ healthcheck });
  const url = "http://127.0.0.1:80/";
  const old = of(probe(url, "wget"));
  expect(diffContainer(old, of(probe(url, "curl"))).deltas).toEqual([]);
  const [moved] = diffContainer(old, of(probe("tcp://127.0.0.1:81", "nc"))).deltas;
  expect(moved?.delta).toMatchObject({ before: url, after: "tcp://127.0.0.1:81" });
});
