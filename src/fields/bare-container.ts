import type { ContainerSpec } from "../model.ts";

/** A container of which nothing is said but its image. */
export const BARE_CONTAINER: Omit<ContainerSpec, "image"> = {
  entrypoint: undefined,
  command: undefined,
  env: {},
  user: undefined,
  mounts: [],
  publish: [],
  healthcheck: undefined,
  restart: { name: "no", maximumRetries: 0 },
  networks: [],
  files: [],
  hostname: undefined,
  readOnly: false,
  initProcess: false,
  privileged: false,
  capAdd: [],
  capDrop: [],
  groupAdd: [],
  extraHosts: [],
  shmSize: undefined,
  memory: undefined,
  cpus: undefined,
  pidsLimit: undefined,
};
