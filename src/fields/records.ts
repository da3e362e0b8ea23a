import { recordDeltas } from "./delta.ts";
import type { DockerHostConfig, DockerUlimit } from "./docker-api.ts";
import type { Field } from "./field.ts";
import { NONE, NOTHING } from "./nothing.ts";

type Texts = Readonly<Record<string, string>>;

export const sysctls = record("sysctls", {
  write: (HostConfig, value) => {
    HostConfig.Sysctls = { ...value };
  },
  read: ({ Sysctls }) => (Sysctls ? Object.entries(Sysctls) : NONE),
});

export const tmpfs = record("tmpfs", {
  write: (HostConfig, value) => {
    HostConfig.Tmpfs = { ...value };
  },
  read: ({ Tmpfs }) =>
    Tmpfs ? Object.entries(Tmpfs).map(([path, options]) => [path, sortedOptions(options)]) : NONE,
});

export const ulimits = record("ulimits", {
  write: (HostConfig, value) => {
    HostConfig.Ulimits = Object.entries(value).map(toUlimit);
  },
  read: ({ Ulimits }) => (Ulimits ?? NONE).map(({ Name, Soft, Hard }) => [Name, `${Soft}:${Hard}`]),
});

interface HostRecord {
  readonly write: (host: DockerHostConfig, value: Texts) => void;
  readonly read: (host: DockerHostConfig) => readonly (readonly [string, string])[];
}

function record(key: string, { write, read }: HostRecord): Field<Texts> {
  return {
    key,
    change: "replace",
    diff: (before, after) => recordDeltas(key, before, after),
    toDocker(value, { HostConfig }) {
      if (Object.keys(value).length > 0) write(HostConfig, value);
    },
    fromDocker({ HostConfig }) {
      const entries = read(HostConfig);
      return entries.length > 0 ? Object.fromEntries(entries) : NOTHING;
    },
  };
}

function toUlimit([Name, limits]: readonly [string, string]): DockerUlimit {
  const [Soft = 0, Hard = 0] = limits.split(":").map(Number);
  return { Name, Soft, Hard };
}

function sortedOptions(options: string): string {
  return options.split(",").sort().join(",");
}
