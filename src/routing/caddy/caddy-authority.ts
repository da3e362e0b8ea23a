import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withList,
} from "./json.ts";

/** Of the Caddy that Axon runs: where certificates come from that nobody else has given it. */
export interface CaddyAuthority {
  readonly email: string | undefined;
  readonly server: string | undefined;
  /** In Caddy's own file system. */
  readonly rootFile: string | undefined;
}

const MARK = "axon-acme";
const POLICIES = ["apps", "tls", "automation", "policies"];

/** undefined: the usual, which needs no word. For names without a policy of their own. */
export function authorityPolicy({
  email,
  server,
  rootFile,
}: CaddyAuthority): JsonObject | undefined {
  if (email === undefined && server === undefined) return undefined;
  const issuer = {
    module: "acme",
    ...(server !== undefined && { ca: server }),
    ...(email !== undefined && { email }),
    ...(rootFile !== undefined && { trusted_roots_pem_files: [rootFile] }),
  };
  return { "@id": MARK, issuers: [issuer] };
}

export function authorityIn(config: Json): JsonObject | undefined {
  return policiesIn(config).filter(isObject).find(isAxons);
}

/** The whole configuration with that in place of what was there. Caddy takes the first policy that is for a name. */
export function withAuthority(config: JsonObject, policy: JsonObject | undefined): JsonObject {
  const others = policiesIn(config).filter((one) => !isAxons(one));
  return withList(config, POLICIES, [...others, ...(policy === undefined ? [] : [policy])]);
}

function policiesIn(config: Json): readonly Json[] {
  return listAt(objectAt(objectAt(objectAt(config, "apps"), "tls"), "automation"), "policies");
}

function isAxons(policy: Json): boolean {
  return textAt(policy, "@id") === MARK;
}
