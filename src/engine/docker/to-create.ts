import type { DockerCreate } from "../../fields/docker-api.ts";
import { toDocker } from "../../fields/table.ts";
import type { ContainerRequest } from "../engine.ts";
import { identityLabels, type Labels } from "./labels.ts";

export function toCreate({ identity, spec }: ContainerRequest, extraLabels: Labels): DockerCreate {
  const body = toDocker(spec);
  return { ...body, Labels: { ...body.Labels, ...identityLabels(identity), ...extraLabels } };
}
