import { expect, test } from "vitest";
import { renderStatus, statusAsJson } from "../../../../src/cli/output/status.ts";
import type { PublishedPort } from "../../../../src/model.ts";
import { NO_PAINT } from "../../../../src/plan/render-text.ts";
import { containerSpec, live, liveContainer } from "../../../helpers/build.ts";

const PLACE = { deployment: "shop", engine: "docker", store: "consul" };

const port = (overrides: Partial<PublishedPort> = {}): PublishedPort => ({
  port: 8000,
  protocol: "tcp",
  hostAddress: "127.0.0.1",
  hostPort: 0,
  ...overrides,
});

const withPorts = (publish: readonly PublishedPort[], bound: readonly PublishedPort[]) =>
  live({ engine: { containers: [liveContainer({ bound, spec: containerSpec({ publish }) })] } });

test("the ports that a container really has are shown", () => {
  const status = withPorts([port()], [port({ hostPort: 32768 })]);
  expect(renderStatus(status, PLACE, NO_PAINT)).toContain(" 127.0.0.1:32768->8000\n");
  expect(statusAsJson(status, PLACE).services[0]).toMatchObject({
    publish: ["127.0.0.1:any->8000"],
    bound: [{ port: 8000, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 32768 }],
  });
});

test("where it has none, those that it asks for", () => {
  const wanted = [port(), port({ port: 53, protocol: "udp", hostAddress: "::1", hostPort: 5353 })];
  const status = withPorts(wanted, []);
  expect(renderStatus(status, PLACE, NO_PAINT)).toContain(
    "127.0.0.1:any->8000, [::1]:5353->53/udp\n",
  );
  expect(statusAsJson(status, PLACE).services[0]).toMatchObject({ bound: [] });
});
