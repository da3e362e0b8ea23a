import type { DockerCreate } from "../../fields/docker-api.ts";
import { toDocker } from "../../fields/table.ts";
import type { ContainerRequest } from "../engine.ts";
import { identityLabels, type Labels } from "./labels.ts";

/** What the Servicefile says wins over what is put on everything, or it would be a difference for ever. */
export function toCreate({ identity, spec }: ContainerRequest, extraLabels: Labels): DockerCreate {
  const body = toDocker(spec);
  return { ...body, Labels: { ...extraLabels, ...body.Labels, ...identityLabels(identity) } };
}
