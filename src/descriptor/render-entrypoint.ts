import type { HealthcheckEntry } from "../servicefile/servicefile.ts";
import { shownEnv } from "./describe-json.ts";
import type {
  DescriptorEntrypoint,
  DescriptorPort,
  DescriptorPrivileges,
  DescriptorRequirement,
} from "./descriptor.ts";
import type { Row } from "./text-table.ts";

export function entrypointRows(entrypoint: DescriptorEntrypoint): Row[] {
  const { command, step, ports, requires, healthcheck, volumes, logfiles } = entrypoint;
  return [
    ["command", command === undefined ? "the image's own" : showCommand(command)],
    ...(step === undefined ? [] : [["step", String(step)] as const]),
    ...titled("ports", Object.entries(ports).map(portText)),
    ...titled("requires", Object.entries(requires).map(requirementText)),
    ...titled("healthcheck", healthcheckText(healthcheck)),
    ...titled("volumes", pairs(volumes, ": ")),
    ...titled("env", pairs(shownEnv(entrypoint.env), "=")),
    ...titled("log files", logfiles),
    ...titled("asks for", privilegeTexts(entrypoint.privileges)),
  ];
}

/** As one would type it. */
export function showCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}

function titled(title: string, texts: readonly string[]): Row[] {
  return texts.map((text, index) => [index === 0 ? title : "", text]);
}

function pairs(record: Readonly<Record<string, string>>, between: string): string[] {
  return Object.entries(record).map(([key, value]) => `${key}${between}${value}`);
}

function portText([name, { port, protocol, path, rewrite }]: [string, DescriptorPort]): string {
  const offered = path === undefined ? "" : `, at ${path}`;
  const rewritten = rewrite === undefined ? "" : `, which becomes ${rewrite}`;
  return `${name}: ${port}/${protocol}${offered}${rewritten}`;
}

function requirementText([name, requirement]: [string, DescriptorRequirement]): string {
  const { endpoint, port, wait, env, optional, localPort } = requirement;
  const facts = [
    `${endpoint}${port === undefined ? "" : `:${port}`}`,
    wait,
    env === undefined ? undefined : `in ${env}_HOST, ${env}_PORT and ${env}_URL`,
    localPort === undefined ? undefined : `expected on local port ${localPort}`,
    optional ? "optional" : undefined,
  ];
  return `${name}: ${facts.filter((fact) => fact !== undefined).join(", ")}`;
}

function healthcheckText(check: HealthcheckEntry | "none" | undefined): string[] {
  if (check === undefined) return [];
  if (check === "none") return ["switched off"];
  const { test, http, tcp, interval, timeout, startPeriod, retries } = check;
  const what = http ? `GET ${http.path} on ${http.port}` : tcp ? `connect to ${tcp.port}` : "";
  const facts = [
    test === undefined ? what : showCommand(test),
    interval === undefined ? undefined : `every ${interval / 1000}s`,
    timeout === undefined ? undefined : `${timeout / 1000}s at most`,
    startPeriod === undefined ? undefined : `${startPeriod / 1000}s to start`,
    retries === undefined ? undefined : `${retries} times`,
  ];
  return [facts.filter((fact) => fact !== undefined).join(", ")];
}

function privilegeTexts(privileges: DescriptorPrivileges): string[] {
  const { privileged, hostNetwork, devices, capabilities } = privileges;
  return [
    ...(privileged ? ["privileged"] : []),
    ...(hostNetwork ? ["the host's network"] : []),
    ...devices.map((device) => `device ${device}`),
    ...capabilities.map((capability) => `capability ${capability}`),
  ];
}
