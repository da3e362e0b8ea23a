import { environment, labels, sysctls } from "../compose/keys/environment.ts";
import { extraHosts } from "../compose/keys/extra-hosts.ts";
import { healthcheck } from "../compose/keys/healthcheck.ts";
import { keep } from "../compose/keys/keep.ts";
import { logging } from "../compose/keys/logging.ts";
import { namespace } from "../compose/keys/namespace.ts";
import { onOrOff } from "../compose/keys/switches.ts";
import { volumes } from "../compose/keys/volumes.ts";
import type { Convert } from "../compose/service-context.ts";
import { envFile } from "./env-file.ts";
import { logDriver, logOptions, logTag } from "./logs.ts";
import { listed, network, restart, ulimits, volumesFrom, words } from "./own-forms.ts";

/** Keys of a container that the Servicefile has, too, in the order in which they are written. */
export const CONTAINER_KEYS: Readonly<Record<string, Convert>> = {
  image: keep("image"),
  entrypoint: words("entrypoint"),
  command: words("cmd"),
  workdir: keep("working_dir"),
  working_dir: keep("working_dir"),
  user: keep("user"),
  env_file: envFile,
  environment,
  volumes,
  volumes_from: volumesFrom,
  net: network,
  healthcheck,
  exit_codes: keep("exit_codes"),
  restart,
  privileged: onOrOff("privileged"),
  interactive: onOrOff("stdin_open"),
  tty: onOrOff("tty"),
  read_only: onOrOff("read_only"),
  init: onOrOff("init_process"),
  hostname: keep("hostname"),
  labels,
  pid: namespace("pid"),
  ipc: namespace("ipc"),
  uts: keep("uts"),
  userns: keep("userns"),
  security_opt: listed("security_opt"),
  cap_add: listed("cap_add"),
  cap_drop: listed("cap_drop"),
  group_add: listed("group_add"),
  devices: listed("devices"),
  extra_hosts: extraHosts,
  dns: keep("dns"),
  dns_search: keep("dns_search"),
  tmpfs: keep("tmpfs"),
  sysctls,
  ulimit: ulimits,
  logging,
  log_driver: logDriver,
  log_opt: logOptions,
  log_tag: logTag,
  stop_signal: keep("stop_signal"),
  stop_grace_period: keep("stop_grace_period"),
  shm_size: keep("shm_size"),
  runtime: keep("runtime"),
  memory: keep("memory"),
  mem_limit: keep("memory"),
  memswap_limit: keep("memory_swap"),
  mem_reservation: keep("memory_reservation"),
  cpus: keep("cpus"),
  cpu_shares: keep("cpu_shares"),
  cpuset: keep("cpuset"),
  cpuset_cpus: keep("cpuset"),
  pids_limit: keep("pids_limit"),
};

/** Keys that are looked at elsewhere: they say when and how a container runs. */
export const ORDER_KEYS = ["action", "detach", "start_order", "remove"];

export const UNSUPPORTED_KEYS: Readonly<Record<string, string>> = {
  cgroupns: "containers are in the engine's own cgroups",
  check_interval: "systemd does not watch the containers: a health check has an interval",
  conmon_pidfile: "it is Podman's",
  depends_on: "it names units of systemd: name containers in require",
  mem_swappiness: "there is no such limit",
  pre_exec: "it is systemd's",
  recreate: "a plan tells when a container is made anew",
  systemd_exec_flags: "systemd does not run the containers",
  tripleo_managed: "it is TripleO's own",
};
