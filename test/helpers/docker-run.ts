import type Docker from "dockerode";
import type { Site } from "./axon.ts";

export const LABELS = { "axon.test": process.env.AXON_TEST_RUN ?? "" };

/** What `docker run -d --name <name>` sends, where it says more than whoever calls the API by hand. */
const DOCKER_RUN = {
  Hostname: "",
  Domainname: "",
  User: "",
  Env: [],
  Cmd: null,
  Volumes: {},
  WorkingDir: "",
  Entrypoint: null,
  HostConfig: {
    Binds: null,
    NetworkMode: "default",
    PortBindings: {},
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    CapAdd: null,
    CapDrop: null,
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: "",
    ShmSize: 0,
    Memory: 0,
    MemorySwappiness: -1,
    NanoCpus: 0,
    OomKillDisable: false,
    PidsLimit: 0,
  },
};

export interface Foreign extends AsyncDisposable {
  inspect(): Promise<Docker.ContainerInspectInfo>;
}

/** `docker run -d`; the container is gone at the end, whatever its name is by then. */
export async function dockerRun(
  { docker }: Site,
  name: string,
  { HostConfig, ...options }: Partial<Docker.ContainerCreateOptions> = {},
): Promise<Foreign> {
  const container = await docker.createContainer({
    name,
    Image: "axon-example/sleeper",
    Labels: LABELS,
    ...DOCKER_RUN,
    HostConfig: { ...DOCKER_RUN.HostConfig, ...HostConfig },
    ...options,
  } as Docker.ContainerCreateOptions);
  await container.start();
  return {
    inspect: () => container.inspect(),
    // It may have been replaced by one of Axon's own.
    [Symbol.asyncDispose]: () => container.remove({ force: true }).catch(() => {}),
  };
}
