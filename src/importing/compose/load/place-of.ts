import { childOf, type Node, textOf } from "../../node.ts";

/**
 * What makes two items of a list the same to Compose: where a volume, device, config or secret is in the
 * container, or all of a port.
 */
export function placeOf(item: Node, kind: string): string | undefined {
  const text = textOf(item);
  if (kind === "port") return text ?? portOf(item);
  if (kind.startsWith("/")) return text === undefined ? targetOf(item, kind) : `${kind}${text}`;
  const [source, target = source] = text?.split(":") ?? [];
  return target ?? textOf(childOf(item, "target"));
}

function targetOf(item: Node, folder: string): string | undefined {
  const target = textOf(childOf(item, "target")) ?? textOf(childOf(item, "source"));
  return target === undefined || target.startsWith("/") ? target : `${folder}${target}`;
}

function portOf(item: Node): string {
  const parts = ["host_ip", "published", "target", "protocol"];
  const [address = "", published = "", target = "", protocol = "tcp"] = parts.map((part) =>
    textOf(childOf(item, part)),
  );
  const before = [address, published].filter((part) => part !== "").join(":");
  return `${before === "" ? "" : `${before}:`}${target}${protocol === "tcp" ? "" : `/${protocol}`}`;
}
