import { describe, expect, test } from "vitest";
import type { PublishedPort } from "../../../src/model.ts";
import { handovers, holdersFor, portsClash } from "../../../src/plan/handover.ts";
import { containerSpec, running, service } from "../../helpers/build.ts";

function port(hostPort: number, overrides: Partial<PublishedPort> = {}): PublishedPort {
  return { port: 80, protocol: "tcp", hostAddress: "", hostPort, ...overrides };
}

describe("portsClash", () => {
  test.for([
    ["the same port on every address", port(80), port(80), true],
    ["another port", port(80), port(81), false],
    ["another protocol", port(53), port(53, { protocol: "udp" }), false],
    ["every address and one of them", port(80), port(80, { hostAddress: "127.0.0.1" }), true],
    [
      "0.0.0.0 and one of them",
      port(80, { hostAddress: "0.0.0.0" }),
      port(80, { hostAddress: "10.0.0.1" }),
      true,
    ],
    [
      "two addresses",
      port(80, { hostAddress: "127.0.0.1" }),
      port(80, { hostAddress: "10.0.0.1" }),
      false,
    ],
    ["ports that the engine chooses", port(0), port(0), false],
  ] as const)("%s", ([, a, b, expected]) => {
    expect([portsClash(a, b), portsClash(b, a)]).toEqual([expected, expected]);
  });
});

describe("who has to let go of a host port", () => {
  const holder = running(service("old", { container: { publish: [port(80)] } }));
  const wanted = containerSpec({ publish: [port(80)] });

  test("a container that runs and holds it, also while it is paused", () => {
    expect(holdersFor(wanted, undefined, [holder])).toEqual([holder]);
    expect(holdersFor(wanted, undefined, [{ ...holder, status: "paused" }])).toHaveLength(1);
  });

  test.for(["exited", "created", "dead"] as const)("not one that is %s", (status) => {
    expect(holdersFor(wanted, undefined, [{ ...holder, status }])).toEqual([]);
  });

  test("several in the order of their names, however they come", () => {
    const next = { ...holder, id: "next", name: `${holder.name}-next` };
    expect(holdersFor(wanted, undefined, [next, holder])).toEqual([holder, next]);
    expect(holdersFor(wanted, undefined, [holder, next])).toEqual([holder, next]);
  });

  test("not the container's own predecessor, which goes in any case", () => {
    expect(holdersFor(wanted, holder.id, [holder])).toEqual([]);
    expect([...handovers([{ spec: wanted, liveId: holder.id }], [holder])]).toEqual([]);
  });

  test("handovers names each holder that another one needs to stop", () => {
    const other = { ...holder, id: "other", spec: containerSpec({ publish: [port(81)] }) };
    expect([...handovers([{ spec: wanted, liveId: "new" }], [holder, other])]).toEqual([holder.id]);
  });
});
