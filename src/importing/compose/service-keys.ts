import { command } from "./keys/command.ts";
import { dependsOn } from "./keys/depends-on.ts";
import { deploy } from "./keys/deploy.ts";
import { envFile } from "./keys/env-file.ts";
import { environment, labels, sysctls } from "./keys/environment.ts";
import { extraHosts } from "./keys/extra-hosts.ts";
import { healthcheck } from "./keys/healthcheck.ts";
import { keep } from "./keys/keep.ts";
import { links } from "./keys/links.ts";
import { logging } from "./keys/logging.ts";
import { namespace } from "./keys/namespace.ts";
import { configs, secrets } from "./keys/placed-files.ts";
import { ports } from "./keys/ports.ts";
import { restart } from "./keys/restart.ts";
import { onOrOff } from "./keys/switches.ts";
import { volumes } from "./keys/volumes.ts";
import type { Convert } from "./service-context.ts";

/** Keys of a Compose service that the Servicefile has, too, in the order in which they are written. */
export const SERVICE_KEYS: Readonly<Record<string, Convert>> = {
  image: keep("image"),
  entrypoint: command("entrypoint"),
  command: command("cmd", "command"),
  working_dir: keep("working_dir"),
  user: keep("user"),
  env_file: envFile,
  environment,
  volumes,
  configs,
  secrets,
  ports,
  depends_on: dependsOn,
  healthcheck,
  restart,
  scale: keep("scale"),
  deploy,
  network_mode: namespace("network_mode"),
  platform: keep("platform"),
  pull_policy: keep("pull_policy"),
  labels,
  hostname: keep("hostname"),
  domainname: keep("domainname"),
  tty: onOrOff("tty"),
  stdin_open: onOrOff("stdin_open"),
  read_only: onOrOff("read_only"),
  init: onOrOff("init_process"),
  privileged: onOrOff("privileged"),
  cap_add: keep("cap_add"),
  cap_drop: keep("cap_drop"),
  stop_signal: keep("stop_signal"),
  stop_grace_period: keep("stop_grace_period"),
  tmpfs: keep("tmpfs"),
  gpus: keep("gpus"),
  logging,
  group_add: keep("group_add"),
  extra_hosts: extraHosts,
  security_opt: keep("security_opt"),
  devices: keep("devices"),
  sysctls,
  ulimits: keep("ulimits"),
  links,
  dns: keep("dns"),
  dns_search: keep("dns_search"),
  dns_opt: keep("dns_opt"),
  pid: namespace("pid"),
  ipc: namespace("ipc"),
  uts: keep("uts"),
  userns_mode: keep("userns"),
  oom_score_adj: keep("oom_score_adj"),
  runtime: keep("runtime"),
  shm_size: keep("shm_size"),
  mem_limit: keep("memory"),
  memswap_limit: keep("memory_swap"),
  mem_reservation: keep("memory_reservation"),
  cpus: keep("cpus"),
  cpu_shares: keep("cpu_shares"),
  cpuset: keep("cpuset"),
  pids_limit: keep("pids_limit"),
};
