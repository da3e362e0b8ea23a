import { own } from "../../own.ts";
import type { Path } from "../../servicefile/yaml/tree.ts";
import { childOf, type Node } from "../node.ts";
import type { Project } from "./service-context.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  Deployment: "name",
  Networks: "networks",
  Volumes: "volumes",
  Files: "configs",
  Secrets: "secrets",
};

/** Keys of the Servicefile, and where in a Compose service they may come from. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  cmd: ["command"],
  env: ["environment", "env_file"],
  publish: ["ports"],
  require: ["depends_on", "links"],
  files: ["configs"],
  init_process: ["init"],
  userns: ["userns_mode"],
  memory: ["mem_limit", "deploy"],
  memory_swap: ["memswap_limit"],
  memory_reservation: ["mem_reservation", "deploy"],
  cpus: ["cpus", "deploy"],
  pids_limit: ["pids_limit", "deploy"],
  scale: ["scale", "deploy"],
  gpus: ["gpus", "deploy"],
  restart: ["restart", "deploy"],
  volumes: ["volumes", "configs", "secrets"],
};

/** The part of the Compose files that a part of the Servicefile comes from, as far as it can be told. */
export function originIn({ content, serviceNames }: Project): (path: Path) => Node {
  const composeNames = new Map([...serviceNames].map(([name, key]) => [key, name]));
  return (path) => {
    const [top = "", second = "", ...rest] = path.map(String);
    const section = own(SECTIONS, top);
    if (section !== undefined)
      return deepest(childOf(content, section) ?? content, [second, ...rest]);
    const body = childOf(childOf(content, "services"), composeNames.get(top) ?? top) ?? content;
    const key = (own(SOURCES, second) ?? [second]).find((one) => childOf(body, one));
    return key === undefined ? body : deepest(childOf(body, key) ?? body, rest);
  };
}

function deepest(node: Node, path: readonly string[]): Node {
  let found = node;
  for (const part of path) {
    const next = found.kind === "list" ? found.items[Number(part)] : childOf(found, part);
    if (next === undefined) break;
    found = next;
  }
  return found;
}
