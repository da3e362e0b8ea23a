import { deviceIn } from "../servicefile/canonical/canonical-devices.ts";
import { capabilityIn } from "../servicefile/canonical/capability.ts";
import type {
  Descriptor,
  DescriptorBootstrap,
  DescriptorConfig,
  DescriptorEntrypoint,
  DescriptorInit,
  DescriptorPort,
  DescriptorPrivileges,
  DescriptorRequirement,
} from "./descriptor.ts";
import { healthcheckOf } from "./from-healthcheck.ts";
import {
  commandOf,
  flagOf,
  mapOf,
  numberOf,
  secondsOf,
  textOf,
  textsOf,
  wordsOf,
} from "./label-values.ts";
import { child, isMap, type LabelNode } from "./parse-label.ts";

const DEFAULT_INIT: DescriptorInit = { command: ["init-region"], user: "root", timeout: 300 };

/** `root` has passed the schema. */
export function fromNative(root: LabelNode): Omit<Descriptor, "notices"> {
  return {
    name: textOf(child(root, "name")),
    label: "io.axon.descriptor",
    init: initOf(child(root, "init")),
    config: mapOf(child(root, "config"), configOf),
    entrypoints: mapOf(child(root, "entrypoints"), entrypointOf),
    bootstrap: mapOf(child(root, "bootstrap"), bootstrapOf),
  };
}

function initOf(node: LabelNode): false | DescriptorInit {
  if (node.value === undefined || node.value === null || node.value === false) return false;
  return {
    command: commandOf(child(node, "command")) ?? DEFAULT_INIT.command,
    user: textOf(child(node, "user")) ?? DEFAULT_INIT.user,
    timeout: secondsOf(child(node, "timeout")) ?? DEFAULT_INIT.timeout,
  };
}

function configOf(node: LabelNode): DescriptorConfig {
  const length = (kind: string) => numberOf(child(child(node, "generate"), kind));
  return {
    type: (textOf(child(node, "type")) ?? "string") as DescriptorConfig["type"],
    default: textOf(child(node, "default")),
    required: flagOf(child(node, "required")),
    secret: flagOf(child(node, "secret")),
    env: textOf(child(node, "env")),
    generate: isMap(child(node, "generate").value)
      ? { hex: length("hex"), base64: length("base64"), alnum: length("alnum") }
      : undefined,
  };
}

function entrypointOf(node: LabelNode, name: string): DescriptorEntrypoint {
  const ports = mapOf(child(node, "ports"), portOf);
  return {
    name,
    command: commandOf(child(node, "command")),
    step: numberOf(child(node, "step")),
    ports,
    requires: mapOf(child(node, "requires"), requirementOf),
    healthcheck: healthcheckOf(child(node, "healthcheck"), Object.keys(ports)),
    volumes: textsOf(child(node, "volumes")),
    env: textsOf(child(node, "env")),
    logfiles: wordsOf(child(node, "logfiles")),
    privileges: privilegesOf(node),
  };
}

function portOf(node: LabelNode): DescriptorPort {
  const short = numberOf(node);
  const path = textOf(child(node, "path"));
  const protocol = textOf(child(node, "protocol")) ?? (path === undefined ? "tcp" : "http");
  return {
    port: short ?? numberOf(child(node, "port")) ?? 0,
    protocol: protocol as DescriptorPort["protocol"],
    path,
    rewrite: textOf(child(node, "rewrite")),
  };
}

function requirementOf(node: LabelNode, name: string): DescriptorRequirement {
  const short = typeof node.value === "string" ? node.value : undefined;
  return {
    endpoint: short ?? textOf(child(node, "endpoint")) ?? name,
    port: textOf(child(node, "port")),
    wait: textOf(child(node, "wait")) as DescriptorRequirement["wait"],
    env: textOf(child(node, "env")),
    optional: flagOf(child(node, "optional")),
    localPort: undefined,
  };
}

function privilegesOf(node: LabelNode): DescriptorPrivileges {
  return {
    privileged: flagOf(child(node, "privileged")),
    hostNetwork: child(node, "network").value === "host",
    devices: wordsOf(child(node, "devices")).map((text) => deviceIn(text) ?? text),
    capabilities: wordsOf(child(node, "cap_add")).map(capabilityIn),
  };
}

function bootstrapOf(node: LabelNode): DescriptorBootstrap {
  const codes = child(node, "exit_codes").value;
  return {
    command: commandOf(isMap(node.value) ? child(node, "command") : node) ?? [],
    step: numberOf(child(node, "step")),
    run: textOf(child(node, "run")) as DescriptorBootstrap["run"],
    timeout: secondsOf(child(node, "timeout")),
    acceptedExitCodes: Array.isArray(codes) ? codes.map(Number) : undefined,
    env: textsOf(child(node, "env")),
    entrypoint: textOf(child(node, "entrypoint")),
  };
}
