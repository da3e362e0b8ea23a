import {
  childOf,
  itemsOf,
  type MapNode,
  type Node,
  type ScalarNode,
  scalarOf,
} from "../../node.ts";
import { literal, type Out } from "../../out.ts";
import type { Convert, ServiceContext } from "../service-context.ts";

/** Compose's short form is the Servicefile's, but for ranges, which are written out. */
export const ports: Convert = (node, context) => {
  const published = itemsOf(node).flatMap((item) =>
    item.kind === "map" ? longPort(item, context) : shortPort(item, context),
  );
  return published.length > 0 ? [["publish", published]] : [];
};

const SHORT = /^(?:(\[[^\]]*\]|[^:[\]]*):)?(?:([\d-]*):)?(\d+(?:-\d+)?)(\/[a-z]+)?$/;

interface Parts {
  /** With the colon, if there is one. */
  readonly address: string;
  readonly host: string;
  readonly port: string;
  readonly protocol: string;
}

function shortPort(item: Node, context: ServiceContext): readonly Out[] {
  const scalar = scalarOf(item);
  if (scalar === undefined) return [];
  const parts = partsOf(scalar.text);
  if (parts === undefined) return refuse(item, scalar.text, context);
  if (!/\d-\d/.test(scalar.text)) return [scalar.written];
  return range(scalar, parts, context);
}

function partsOf(text: string): Parts | undefined {
  const found = SHORT.exec(text);
  if (!found) return undefined;
  const [, first = "", second, port = "", protocol = ""] = found;
  // With one colon, what stands before it is a port of the host.
  if (second !== undefined) return { address: `${first}:`, host: second, port, protocol };
  const isHost = /^[\d-]*$/.test(first);
  return isHost ? { address: "", host: first, port, protocol } : undefined;
}

function refuse(node: Node, text: string, { name, findings }: ServiceContext): readonly Out[] {
  const hint = 'write it like "8080:80", "127.0.0.1:8080:80/udp" or "80"';
  findings.fail(
    { subject: `${name}.ports`, says: `has ${JSON.stringify(text)}, which is not a port`, hint },
    node,
  );
  return [];
}

function range(scalar: ScalarNode, parts: Parts, context: ServiceContext): readonly Out[] {
  const { name, findings } = context;
  const [ports, hosts] = [numbersOf(parts.port), parts.host === "" ? [""] : numbersOf(parts.host)];
  if (hosts.length !== ports.length && parts.host !== "") {
    const says = `${scalar.text}: the engine would choose one port of the host of several`;
    findings.drop(`${name}.ports`, scalar, says);
    return [];
  }
  if (scalar.text !== scalar.written) {
    findings.change(
      `${name}.ports`,
      scalar,
      "its variables are written out with the range of ports",
    );
  }
  return ports.map((port, index) => {
    const host = hosts[index] ?? "";
    const before = parts.address === "" && host === "" ? "" : `${parts.address}${host}:`;
    return literal(`${before}${port}${parts.protocol}`);
  });
}

function numbersOf(text: string): readonly string[] {
  const [first = 0, last = first] = text.split("-").map(Number);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => String(first + index));
}

const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  name: "the engine has no names for published ports",
  app_protocol: "the engine does not look at it",
};

function longPort(item: MapNode, context: ServiceContext): readonly Out[] {
  const { name, findings } = context;
  const part = (key: string) => scalarOf(childOf(item, key));
  const [target, published, address, protocol] = ["target", "published", "host_ip", "protocol"].map(
    part,
  );
  if (target === undefined) {
    findings.fail({ subject: `${name}.ports`, says: "has an entry without target" }, item);
    return [];
  }
  for (const [key, why] of Object.entries(WITHOUT_EFFECT)) {
    const node = childOf(item, key);
    if (node) findings.drop(`${name}.ports.${key}`, node, why);
  }
  const parts = { target, published, address, protocol };
  const text = longText(parts, (node) => node.text);
  const written = longText(parts, (node) => node.written);
  return shortPort({ ...item, kind: "scalar", value: text, text, written }, context);
}

interface LongPort {
  readonly target: ScalarNode;
  readonly published: ScalarNode | undefined;
  readonly address: ScalarNode | undefined;
  readonly protocol: ScalarNode | undefined;
}

function longText(
  { target, published, address, protocol }: LongPort,
  of: (node: ScalarNode) => string,
): string {
  const host = address ? `${bracketed(of(address))}:` : "";
  const port = published || address ? `${published ? of(published) : ""}:` : "";
  const isTcp = protocol === undefined || protocol.text === "tcp";
  return `${host}${port}${of(target)}${isTcp ? "" : `/${of(protocol)}`}`;
}

/** An IPv6 address has colons of its own. */
function bracketed(address: string): string {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(address) ? `[${address}]` : address;
}
