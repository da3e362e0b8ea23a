import type { OptionsEntry } from "../servicefile.ts";
import { childOf, entriesOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { bytesOf } from "./size.ts";

export function canonicalOptions(body: Tree): OptionsEntry {
  return {
    user: textOf(childOf(body, "user")),
    hostname: textOf(childOf(body, "hostname")),
    readOnly: isOn(childOf(body, "read_only")),
    initProcess: isOn(childOf(body, "init_process")),
    privileged: isOn(childOf(body, "privileged")),
    capAdd: capabilities(childOf(body, "cap_add")),
    capDrop: capabilities(childOf(body, "cap_drop")),
    groupAdd: sorted(wordsIn(childOf(body, "group_add"))),
    extraHosts: hosts(childOf(body, "extra_hosts")),
    shmSize: bytesOf(childOf(body, "shm_size")) || undefined,
  };
}

function isOn(tree: Tree | undefined): boolean {
  return tree?.kind === "scalar" && tree.value === true;
}

function wordsIn(tree: Tree | undefined): string[] {
  return itemsOf(tree).map((item) => textOf(item) ?? "");
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

function capabilities(tree: Tree | undefined): readonly string[] {
  return sorted(wordsIn(tree).map((name) => name.toUpperCase().replace(/^CAP_/, "")));
}

/** `db=10.0.0.5` is compose's newer way of writing `db:10.0.0.5`. */
function hosts(tree: Tree | undefined): readonly string[] {
  const listed = wordsIn(tree).map((host) => host.replace(/^([^:=]+)=/, "$1:"));
  const mapped = entriesOf(tree).map(([name, address]) => `${name}:${textOf(address) ?? ""}`);
  return sorted([...listed, ...mapped]);
}
