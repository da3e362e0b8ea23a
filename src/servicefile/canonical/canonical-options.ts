import type { Report } from "../problems/problem.ts";
import type { OptionsEntry } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalDevices } from "./canonical-devices.ts";
import { canonicalGpus } from "./canonical-gpus.ts";
import { canonicalLabels } from "./canonical-labels.ts";
import { canonicalLogging } from "./canonical-logging.ts";
import { canonicalNamespaces } from "./canonical-namespaces.ts";
import { canonicalSecurityOpt } from "./canonical-security-opt.ts";
import { canonicalStopSignal } from "./canonical-stop-signal.ts";
import { canonicalTmpfs } from "./canonical-tmpfs.ts";
import { canonicalUlimits } from "./canonical-ulimits.ts";
import { capabilityIn } from "./capability.ts";
import { wholeSeconds } from "./duration.ts";
import { bytesOf } from "./size.ts";
import { textRecord } from "./text-record.ts";
import { sortedWords, wordsIn } from "./words-in.ts";

export function canonicalOptions(body: Tree, report: Report): OptionsEntry {
  const of = (key: string) => childOf(body, key);
  return told({
    user: textOf(of("user")),
    workingDir: textOf(of("working_dir")),
    tmpfs: canonicalTmpfs(body, report),
    labels: canonicalLabels(of("labels"), report),
    ...canonicalLogging(of("logging")),
    stopSignal: canonicalStopSignal(of("stop_signal")),
    stopGraceSeconds: wholeSeconds(of("stop_grace_period"), report),
    hostname: textOf(of("hostname")),
    domainname: textOf(of("domainname")),
    tty: isOn(of("tty")),
    stdinOpen: isOn(of("stdin_open")),
    readOnly: isOn(of("read_only")),
    initProcess: isOn(of("init_process")),
    privileged: flagIn(of("privileged")),
    capAdd: capabilities(of("cap_add")),
    capDrop: capabilities(of("cap_drop")),
    groupAdd: sortedWords(of("group_add")),
    extraHosts: hosts(of("extra_hosts")),
    securityOpt: canonicalSecurityOpt(of("security_opt"), report),
    gpus: canonicalGpus(body, report),
    devices: canonicalDevices(of("devices"), report),
    sysctls: textRecord(of("sysctls"), report),
    ulimits: canonicalUlimits(of("ulimits"), report),
    dns: wordsIn(of("dns")),
    dnsSearch: wordsIn(of("dns_search")),
    dnsOpt: sortedWords(of("dns_opt")),
    ...canonicalNamespaces(body, report),
    uts: textOf(of("uts")),
    userns: textOf(of("userns")),
    oomScoreAdj: Number(textOf(of("oom_score_adj")) ?? 0) || undefined,
    runtime: textOf(of("runtime")),
    shmSize: bytesOf(of("shm_size")) || undefined,
  });
}

/** Without what is as if it were not written. */
function told(options: { readonly [K in keyof OptionsEntry]: OptionsEntry[K] | undefined }) {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => !isEmpty(value)),
  ) as OptionsEntry;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined;
}

/** Off is as if it were not written. */
function isOn(tree: Tree | undefined): true | undefined {
  return flagIn(tree) || undefined;
}

/** Off takes away what the image asks for. */
function flagIn(tree: Tree | undefined): boolean | undefined {
  return tree?.kind === "scalar" ? tree.value === true : undefined;
}

function capabilities(tree: Tree | undefined): readonly string[] {
  return [...new Set(wordsIn(tree).map(capabilityIn))].sort();
}

/** `db=10.0.0.5` is compose's newer way of writing `db:10.0.0.5`. */
function hosts(tree: Tree | undefined): readonly string[] {
  const listed = wordsIn(tree).map((host) => host.replace(/^([^:=]+)=/, "$1:"));
  const mapped = entriesOf(tree).map(([name, address]) => `${name}:${textOf(address) ?? ""}`);
  return [...new Set([...listed, ...mapped])].sort();
}
