import { deltaOf } from "./delta.ts";
import type { DockerContainer, DockerCreate } from "./docker-api.ts";
import type { Field } from "./field.ts";

type HostFlag = "ReadonlyRootfs" | "Init" | "Privileged";
type OwnFlag = "Tty" | "OpenStdin";

export const readOnly = hostFlag("read_only", "ReadonlyRootfs");
export const initProcess = hostFlag("init_process", "Init");
export const privileged = hostFlag("privileged", "Privileged");
export const tty = ownFlag("tty", "Tty");
export const stdinOpen = ownFlag("stdin_open", "OpenStdin");

function hostFlag(key: string, name: HostFlag): Field<boolean> {
  return flag(
    key,
    ({ HostConfig }) => {
      HostConfig[name] = true;
    },
    ({ HostConfig }) => HostConfig[name] === true,
  );
}

function ownFlag(key: string, name: OwnFlag): Field<boolean> {
  return flag(
    key,
    (body) => {
      body[name] = true;
    },
    ({ Config }) => Config[name] === true,
  );
}

/** What is off is not sent: the engine's own default is off, too. */
function flag(
  key: string,
  switchOn: (body: DockerCreate) => void,
  fromDocker: (container: DockerContainer) => boolean,
): Field<boolean> {
  return {
    key,
    change: "replace",
    diff: (before, after) => deltaOf(key, before, after),
    toDocker(value, body) {
      if (value) switchOn(body);
    },
    fromDocker,
  };
}
