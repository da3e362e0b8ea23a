import type {
  Descriptor,
  DescriptorEntrypoint,
  DescriptorInit,
  DescriptorPort,
  DescriptorRequirement,
} from "./descriptor.ts";
import { commandOf, numberOf, textOf } from "./label-values.ts";
import { child, type LabelNode } from "./parse-label.ts";

const RUN_INIT_REGION =
  'if [ -x /root/init-region ]; then exec /root/init-region "$@"; fi; ' +
  'if command -v init-region >/dev/null 2>&1; then exec init-region "$@"; fi; ' +
  'echo "this image has no init-region"';

/** The label does not say whether there is an init-region: the image is asked, and having none is fine. */
const INIT: DescriptorInit = {
  command: ["/bin/sh", "-c", RUN_INIT_REGION, "init-region"],
  user: "root",
  timeout: 300,
};

/** `root` has passed the schema. */
export function fromAppMetadata(root: LabelNode): Omit<Descriptor, "notices"> {
  return {
    name: undefined,
    label: "com.platform9.app_metadata",
    init: INIT,
    config: {},
    entrypoints: byName(itemsOf(root), entrypointOf),
    bootstrap: {},
  };
}

function entrypointOf(node: LabelNode, name: string): DescriptorEntrypoint {
  return {
    name,
    command: commandOf(child(node, "command")),
    step: undefined,
    ports: byName(itemsOf(child(node, "endpoints")), portOf),
    requires: requiresOf(itemsOf(child(node, "egresses"))),
    healthcheck: undefined,
    volumes: {},
    env: {},
    logfiles: itemsOf(child(node, "logfiles")).map((item) => textOf(child(item, "path")) ?? ""),
    privileges: { privileged: false, hostNetwork: false, devices: [], capabilities: [] },
  };
}

function portOf(node: LabelNode): DescriptorPort {
  const path = textOf(child(node, "httpPath")) || undefined;
  return {
    port: numberOf(child(node, "port")) ?? 0,
    protocol: path === undefined ? "tcp" : "http",
    path,
    rewrite: path === undefined ? undefined : textOf(child(node, "rewritePath")) || undefined,
  };
}

/** Optional: an egress leads to a service that may well be outside of anything that Axon knows. */
function requiresOf(egresses: readonly LabelNode[]): Record<string, DescriptorRequirement> {
  const requires = egresses.map((egress): [string, DescriptorRequirement] => {
    const endpoint = textOf(child(egress, "endpoint")) ?? "";
    const localPort = numberOf(child(egress, "localPort"));
    const requirement = { port: undefined, wait: undefined, env: undefined, optional: true };
    return [endpoint, { endpoint, ...requirement, localPort }];
  });
  return Object.fromEntries(requires);
}

function byName<T>(
  items: readonly LabelNode[],
  build: (item: LabelNode, name: string) => T,
): Readonly<Record<string, T>> {
  const named = items.map((item): [string, T] => {
    const name = textOf(child(item, "name")) ?? "";
    return [name, build(item, name)];
  });
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function itemsOf({ value, text }: LabelNode): LabelNode[] {
  if (!Array.isArray(value) || !Array.isArray(text)) return [];
  return value.map((item, index) => ({ value: item, text: text[index] }));
}
