import { expect, test } from "vitest";
import { renderStatus, statusAsJson } from "../../../../src/cli/output/status.ts";
import type { PublishedPort } from "../../../../src/model.ts";
import { NO_PAINT } from "../../../../src/plan/render-text.ts";
import { caddyFormat } from "../../../../src/routing/caddy/caddy-format.ts";
import { traefikFormat } from "../../../../src/routing/traefik/traefik-format.ts";
import { containerSpec, live, liveContainer, route } from "../../../helpers/build.ts";

const CONTAINER = liveContainer({ id: "0123456789abcdef", name: "shop-web-1" });
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
  expect(renderStatus({ live: status }, PLACE, NO_PAINT)).toContain(" 127.0.0.1:32768->8000\n");
  expect(statusAsJson({ live: status }, PLACE).services[0]).toMatchObject({
    publish: ["127.0.0.1:any->8000"],
    bound: [{ port: 8000, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 32768 }],
  });
});

test("where it has none, those that it asks for", () => {
  const wanted = [port(), port({ port: 53, protocol: "udp", hostAddress: "::1", hostPort: 5353 })];
  const status = withPorts(wanted, []);
  expect(renderStatus({ live: status }, PLACE, NO_PAINT)).toContain(
    "127.0.0.1:any->8000, [::1]:5353->53/udp\n",
  );
  expect(statusAsJson({ live: status }, PLACE).services[0]).toMatchObject({ bound: [] });
});

test.for([
  { format: traefikFormat, server: `${CONTAINER.id.slice(0, 12)}:80` },
  { format: caddyFormat, server: `${CONTAINER.name}:80` },
])(
  "a route leads to a container by its name, whatever $format.router calls it",
  ({ format, server }) => {
    const spec = route("shop_example.org", { path: undefined });
    const routes = { [spec.name]: format.entriesOf(spec, [server]) };
    const seen = { live: live({ engine: { containers: [CONTAINER] }, store: { routes } }), format };
    expect(renderStatus(seen, PLACE, NO_PAINT)).toContain(`example.org  ${CONTAINER.name}:80\n`);
    expect(statusAsJson(seen, PLACE).routes).toEqual([
      { name: spec.name, servers: `${CONTAINER.name}:80` },
    ]);
  },
);
