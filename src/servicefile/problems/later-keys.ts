import type { Path } from "../yaml/tree.ts";

/** What compose calls it, and what it is here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  depends_on: 'use "require"',
  build: "build the image first, and name it with image",
  "deploy.replicas": 'use "scale"',
  "deploy.update_config": 'use "update"',
  "deploy.restart_policy": 'use "restart"',
  links:
    'use "require"; services reach each other under their names, and more names are aliases in "networks"',
  external_links: 'use "networks" with an external network',
  expose: 'use "ports"; services reach all ports of each other',
  container_name: "leave it out: containers are named after the deployment and the service",
};

/** Keys at the top that are a service here, and were hardly meant as one. */
const TOP: Readonly<Record<string, string>> = {
  services: 'write the services at the top of the file, without "services:"',
  env: 'the section for all services is "Env"',
  environment: 'the section for all services is "Env"',
  domains: 'the section is "Domains"',
  config: 'the section is "Config"',
  version: 'remove "version:"',
};

export function hintFromElsewhere(path: Path): string | undefined {
  const top = String(path[0]);
  if (path.length > 1 && Object.hasOwn(TOP, top)) return TOP[top];
  const place = path.slice(1).join(".");
  return Object.hasOwn(ELSEWHERE, place) ? ELSEWHERE[place] : undefined;
}
