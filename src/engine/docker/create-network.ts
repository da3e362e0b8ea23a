import { AxonError } from "../../errors.ts";
import { toDockerNetwork } from "../../fields/network-table.ts";
import type { NetworkRequest } from "../engine.ts";
import type { DockerClient } from "./docker-client.ts";
import type { DockerNetwork } from "./docker-responses.ts";
import { DEPLOYMENT_LABEL, deploymentLabels, type Labels } from "./labels.ts";

export interface CreateNetworkRequest {
  readonly request: NetworkRequest;
  readonly extraLabels: Labels;
  readonly signal: AbortSignal;
}

/**
 * The engine makes two networks of one name for who asks at the same moment, whatever it is told. Each looks
 * afterwards, and all but the oldest take theirs away.
 */
export async function createNetwork(
  client: DockerClient,
  { request, extraLabels, signal }: CreateNetworkRequest,
): Promise<string> {
  const { spec, deployment } = request;
  const { name } = spec;
  const call = { doing: `create network ${name}`, signal };
  const settings = toDockerNetwork(spec);
  const Labels = { ...extraLabels, ...settings.Labels, ...deploymentLabels(deployment) };
  const body = { ...settings, Name: name, CheckDuplicate: true, Labels };
  const { Id } = await client.json<{ Id: string }>("POST /networks/create", { ...call, body });
  const filters = JSON.stringify({ name: [name] });
  const found = await client.json<DockerNetwork[]>("GET /networks", {
    ...call,
    query: { filters },
  });
  const [oldest] = found.filter(({ Name }) => Name === name).toSorted(byAge);
  if (oldest === undefined || oldest.Id === Id) return Id;
  await client.json(`DELETE /networks/${Id}`, call);
  if (oldest.Labels?.[DEPLOYMENT_LABEL] === deployment) return oldest.Id;
  throw new AxonError("NAME_TAKEN", `network ${name} was made by somebody else at the same moment`);
}

function byAge(a: DockerNetwork, b: DockerNetwork): number {
  if (a.Created !== b.Created) return a.Created < b.Created ? -1 : 1;
  return a.Id < b.Id ? -1 : 1;
}
