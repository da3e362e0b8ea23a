import { looksSecret } from "../secret.ts";
import { deviceIn } from "../servicefile/canonical/canonical-devices.ts";
import { typeFault } from "./config-type.ts";
import type { Descriptor, DescriptorEntrypoint } from "./descriptor.ts";

type Facts = Omit<Descriptor, "notices">;

/** What a schema cannot see: names that must be there, and pairs that must fit together. */
export function checkMeaning(descriptor: Facts): string[] {
  const entrypoints = Object.values(descriptor.entrypoints);
  return [
    ...entrypoints.flatMap((entrypoint) => [
      ...checkPorts(entrypoint),
      ...checkHealth(entrypoint),
      ...checkDevices(entrypoint),
    ]),
    ...checkBootstrap(descriptor),
    ...checkDefaults(descriptor),
  ];
}

function checkPorts({ name, ports }: DescriptorEntrypoint): string[] {
  return Object.entries(ports).flatMap(([port, { path, rewrite, protocol }]) => {
    const at = `entrypoints.${name}.ports.${port}`;
    if (path !== undefined && protocol !== "http") {
      return [`${at}.path is for http, and the protocol is ${protocol}`];
    }
    return path === undefined && rewrite !== undefined ? [`${at}.rewrite needs a path`] : [];
  });
}

function checkHealth({ name, ports, healthcheck }: DescriptorEntrypoint): string[] {
  if (healthcheck === undefined || healthcheck === "none") return [];
  const at = `entrypoints.${name}.healthcheck`;
  const { test, http, tcp } = healthcheck;
  const given = [test, http, tcp].filter((probe) => probe !== undefined).length;
  if (given !== 1) return [`${at} must have exactly one of test, http and tcp`];
  const port = http?.port ?? tcp?.port;
  if (typeof port !== "string" || Object.hasOwn(ports, port)) return [];
  const field = `${at}.${http ? "http" : "tcp"}.port`;
  if (port === "") return [`${field} is missing: the entrypoint does not have exactly one port`];
  return [`${field} names the port "${port}", and ${listed("the ports are", Object.keys(ports))}`];
}

function checkDevices({ name, privileges: { devices } }: DescriptorEntrypoint): string[] {
  return devices.flatMap((device, index) =>
    deviceIn(device) === undefined
      ? [
          `entrypoints.${name}.devices[${index}] must be a device like /dev/ttyUSB0:/dev/tty0:rw, and is "${device}"`,
        ]
      : [],
  );
}

function checkDefaults({ config }: Facts): string[] {
  return Object.entries(config).flatMap(([key, { type, default: preset, secret }]) => {
    const mustBe = preset === undefined ? undefined : typeFault(type, preset);
    if (mustBe === undefined) return [];
    const shown = secret || looksSecret(key) ? "" : `, and is ${JSON.stringify(preset)}`;
    return [`config.${key}.default must be ${mustBe}${shown}`];
  });
}

function checkBootstrap({ bootstrap, entrypoints }: Facts): string[] {
  const known = Object.keys(entrypoints);
  return Object.entries(bootstrap).flatMap(([name, { entrypoint }]) =>
    entrypoint === undefined || known.includes(entrypoint)
      ? []
      : [
          `bootstrap.${name}.entrypoint names "${entrypoint}", and ${listed("the entrypoints are", known)}`,
        ],
  );
}

function listed(lead: string, names: readonly string[]): string {
  return names.length === 0 ? "there are none" : `${lead} ${names.join(", ")}`;
}
