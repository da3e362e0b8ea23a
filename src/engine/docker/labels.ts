import type { ContainerIdentity } from "../../live.ts";

export type Labels = Readonly<Record<string, string>>;

/** What something of a deployment is recognised by. */
export const DEPLOYMENT_LABEL = "io.axon.deployment";

const SERVICE = "io.axon.service";
const INSTANCE = "io.axon.instance";
const KIND = "io.axon.kind";
const INPUTS = "io.axon.inputs";

const KINDS: readonly ContainerIdentity["kind"][] = ["service", "bootstrap", "init", "system"];

export function deploymentLabels(deployment: string): Labels {
  return { [DEPLOYMENT_LABEL]: deployment };
}

export function identityLabels(identity: ContainerIdentity): Labels {
  return {
    [DEPLOYMENT_LABEL]: identity.deployment,
    [SERVICE]: identity.service,
    [INSTANCE]: String(identity.instance),
    [KIND]: identity.kind,
    ...(identity.inputs !== undefined && { [INPUTS]: identity.inputs }),
  };
}

/** A container that lost a label by hand still has an identity, so that it can be seen and removed. */
export function identityFrom(labels: Labels): ContainerIdentity {
  return {
    deployment: labels[DEPLOYMENT_LABEL] ?? "",
    service: labels[SERVICE] ?? "",
    instance: Number.parseInt(labels[INSTANCE] ?? "0", 10) || 0,
    kind: KINDS.find((kind) => kind === labels[KIND]) ?? "service",
    ...(labels[INPUTS] !== undefined && { inputs: labels[INPUTS] }),
  };
}
