import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { PublishEntry } from "../servicefile.ts";
import { entriesOf, type Path, type Tree, textOf } from "../yaml/tree.ts";
import { isPublishing } from "./canonical-ports.ts";
import { checkLabel } from "./dns-label.ts";
import { hostAddress } from "./host-address.ts";
import { namesIn } from "./names-in.ts";
import { hostPortRange, isPortNumber, portRange } from "./port-number.ts";

/** `[address:]host:container[/protocol]`, each part as it is written. */
interface Written {
  readonly address: string;
  readonly hostPort: string;
  readonly port: string;
  readonly protocol: string | undefined;
  readonly path: Path;
}

/** From a map of host sides to ports, or from compose's strings. */
export function canonicalPublish(tree: Tree | undefined, report: Report): readonly PublishEntry[] {
  const inMap = entriesOf(tree).map(([key, value]) => splitPair(key, value, report));
  const inList = namesIn(tree).map(({ name, path }) => splitText(name, path, report));
  return [...inMap, ...inList].flatMap((written) => (written ? toEntry(written, report) : []));
}

/** What a `ports` list publishes, in the manner of compose. */
export function publishedInPorts(tree: Tree | undefined, report: Report): readonly PublishEntry[] {
  return namesIn(tree)
    .filter(({ name }) => isPublishing(name))
    .map(({ name, path }) => splitText(name, path, report))
    .flatMap((written) => (written ? toEntry(written, report) : []));
}

const ADDRESS = String.raw`(?:(\[[^\]]*\]|[^:[\]]*):)?`;
const PAIR_KEY = new RegExp(`^${ADDRESS}([0-9]+)$`);
const STRING = new RegExp(`^(?:${ADDRESS}([0-9]*):)?([^:/]+)(?:/([a-z]+))?$`);

function splitPair(key: string, value: Tree, report: Report): Written | undefined {
  const path = value.path;
  const host = PAIR_KEY.exec(key);
  const port = /^([^:/]+)(?:\/([a-z]+))?$/.exec(textOf(value) ?? "");
  if (host && port) {
    const [, address = "", hostPort = ""] = host;
    return { address, hostPort, port: port[1] ?? "", protocol: port[2], path };
  }
  if (host) {
    const says = `must lead to a port of the service, and leads to ${quoted(textOf(value) ?? "")}`;
    return refuse({ path, says, hint: 'write its name or number, like ":80": http' }, report);
  }
  const says = `cannot be published: ${quoted(key)} is not a port of the host`;
  return refuse({ path, says, hint: 'write ":80", "8080" or "127.0.0.1:8080"' }, report);
}

function splitText(text: string, path: Path, report: Report): Written | undefined {
  const parts = STRING.exec(text);
  if (parts && !/^\d+-\d+$/.test(parts[3] ?? "")) {
    const [, address = "", hostPort = "", port = "", protocol] = parts;
    return { address, hostPort, port, protocol, path };
  }
  const isRange = /\d-\d/.test(text);
  const says = `publishes ${quoted(text)}, which is ${isRange ? "a range of ports, and not supported yet" : "not a port"}`;
  return refuse({ path, says, hint: 'write "8080:80", "127.0.0.1:8080:80" or "80"' }, report);
}

function refuse(problem: Parameters<Report>[0], report: Report): undefined {
  report(problem);
  return undefined;
}

function toEntry(written: Written, report: Report): readonly PublishEntry[] {
  const { path, protocol } = written;
  const address = hostAddress(written.address, path, report);
  const hostPort = hostPortRange(written.hostPort, path, report);
  const port = containerPort(written, report);
  if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp") {
    report({ path, says: `has the protocol ${quoted(protocol)}, and must be tcp or udp` });
    return [];
  }
  if (address === undefined || hostPort === undefined || port === undefined) return [];
  return [{ hostAddress: address, hostPort, port, protocol, path }];
}

function containerPort({ port, path }: Written, report: Report): string | number | undefined {
  if (isPortNumber(port)) return portRange(port, path, report);
  return checkLabel(port, path, report) ? port : undefined;
}
