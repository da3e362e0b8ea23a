import { own } from "../../own.ts";
import type { Path } from "../../servicefile/yaml/tree.ts";
import type { Project } from "../compose/service-context.ts";
import { childOf, type Node } from "../node.ts";
import type { Container } from "./read-steps.ts";

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  cmd: ["command"],
  env: ["environment", "env_file"],
  network_mode: ["net"],
  working_dir: ["workdir", "working_dir"],
  stdin_open: ["interactive"],
  ulimits: ["ulimit"],
  logging: ["logging", "log_driver", "log_opt", "log_tag"],
  memory: ["memory", "mem_limit"],
  memory_swap: ["memswap_limit"],
  cpuset: ["cpuset", "cpuset_cpus"],
  volumes: ["volumes", "volumes_from"],
};

/** The key of a container that a part of the Servicefile comes from. */
export function originIn(all: readonly Container[], project: Project): (path: Path) => Node {
  const byKey = new Map(all.map(({ name, body }) => [project.serviceNames.get(name), body]));
  return (path) => {
    const [top, key = ""] = path[0] === "Exec" ? path.slice(1).map(String) : path.map(String);
    const body = byKey.get(top) ?? project.content;
    const found = (own(SOURCES, key) ?? [key]).map((one) => childOf(body, one)).find(Boolean);
    return found ?? body;
  };
}
