import type { DescriptorEntrypoint, DescriptorPrivileges } from "../descriptor/descriptor.ts";
import { AxonError } from "../errors.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";

const NONE: DescriptorPrivileges = {
  privileged: false,
  hostNetwork: false,
  devices: [],
  capabilities: [],
};

interface Asking {
  readonly entry: ServiceEntry;
  readonly entrypoint: DescriptorEntrypoint | undefined;
}

/**
 * What the image asks for and gets: what the service itself says, or what Allow grants. Throws
 * PRIVILEGE_NOT_ALLOWED for what is left.
 */
export function grantedPrivileges(asking: Asking, input: BuildInput): DescriptorPrivileges {
  const { entry, entrypoint } = asking;
  if (entrypoint === undefined) return NONE;
  const asked = stillAsked(entrypoint.privileges, entry);
  const refused = wordsOf(asked)
    .filter(({ isSaid }) => !isSaid(entry))
    .filter(({ grants }) => !grants.some((grant) => isAllowed(grant, entry, input)));
  if (refused.length > 0) throw notAllowed(asking, refused, input);
  return asked;
}

/** Without what the service itself says otherwise. */
function stillAsked(asked: DescriptorPrivileges, entry: ServiceEntry): DescriptorPrivileges {
  const { options, networks, publish } = entry;
  const hasNetwork =
    options.networkMode !== undefined || networks !== undefined || publish.length > 0;
  return {
    ...asked,
    privileged: asked.privileged && options.privileged !== false,
    hostNetwork: asked.hostNetwork && !hasNetwork,
  };
}

interface Asked {
  /** As the descriptor has it. */
  readonly field: string;
  /** Words of Allow that grant it. */
  readonly grants: readonly [string, ...string[]];
  /** Whether the service says the same for itself. */
  readonly isSaid: (entry: ServiceEntry) => boolean;
}

function wordsOf({
  privileged,
  hostNetwork,
  devices,
  capabilities,
}: DescriptorPrivileges): readonly Asked[] {
  return [
    ...(privileged
      ? [
          privilege(
            "privileged: true",
            ["privileged"],
            ({ options }) => options.privileged === true,
          ),
        ]
      : []),
    ...(hostNetwork ? [privilege("network: host", ["host-network"], () => false)] : []),
    ...devices.map((device) => {
      const [source = ""] = device.split(":");
      return privilege(`devices: ${source}`, [source, "devices"], ({ options }) =>
        (options.devices ?? []).some((own) => own.startsWith(`${source}:`)),
      );
    }),
    ...capabilities.map((name) =>
      privilege(`cap_add: ${name}`, [name, "ALL"], ({ options }) =>
        (options.capAdd ?? []).some((own) => own === name || own === "ALL"),
      ),
    ),
  ];
}

function privilege(field: string, grants: Asked["grants"], isSaid: Asked["isSaid"]): Asked {
  return { field, grants, isSaid };
}

function isAllowed(grant: string, { name }: ServiceEntry, { servicefile }: BuildInput): boolean {
  const { all, services } = servicefile.allow;
  return all.includes(grant) || (services[name] ?? []).includes(grant);
}

function notAllowed(
  { entry, entrypoint }: Asking,
  refused: readonly Asked[],
  input: BuildInput,
): AxonError {
  const fields = refused.map(({ field }) => field).join(", ");
  const words = refused.map(({ grants: [first] }) => first).join(", ");
  return new AxonError(
    "PRIVILEGE_NOT_ALLOWED",
    `${entry.name}: the LABEL of ${entry.image} asks for more than it gets, in entrypoints.${entrypoint?.name}: ${fields}`,
    {
      at: input.servicefile.locate([entry.key]),
      hint: `If you trust the image with it, write Allow: {${entry.name}: [${words}]}.`,
    },
  );
}
