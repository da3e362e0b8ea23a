import { createHash } from "node:crypto";
import { AxonError } from "../../errors.ts";
import type { LiveToken } from "../../live.ts";
import type { TokenSpec } from "../../model.ts";
import { Secret } from "../../secret.ts";
import type { TokenIssuer } from "../token-issuer.ts";
import type { ConsulClient, PlainRequest } from "./consul-client.ts";
import { notConsul } from "./consul-errors.ts";
import { CATALOGUE_RULES, rightsOf, rulesOf } from "./consul-rules.ts";

/** Of who has no token. */
const ANONYMOUS = "00000000-0000-0000-0000-000000000002";
/** No deployment's: those are DNS labels. */
const CATALOGUE_POLICY = "axon_catalogue";

interface ConsulToken {
  readonly AccessorID: string;
  /** `<hidden>` from who may look at tokens but not give any. */
  readonly SecretID: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly ID?: string; readonly Name: string }[] | null;
  readonly Roles?: readonly unknown[] | null;
  readonly ServiceIdentities?: readonly unknown[] | null;
  readonly NodeIdentities?: readonly unknown[] | null;
  readonly ExpirationTime?: string | null;
}

interface ConsulPolicy {
  readonly ID: string;
  readonly Rules: string;
  readonly Description: string;
}

/** A policy with the name, and a token whose public id is made of the name, so that it is found again. */
export class ConsulTokens implements TokenIssuer {
  readonly #client: ConsulClient;

  constructor(client: ConsulClient) {
    this.#client = client;
  }

  async observe(name: string, signal?: AbortSignal): Promise<LiveToken> {
    const [anonymous, token, policy] = await Promise.all([
      this.#find<ConsulToken>(tokenPath(ANONYMOUS), signal),
      this.#find<ConsulToken>(tokenPath(accessorOf(name)), signal),
      this.#find<ConsulPolicy>(policyPath(name), signal),
    ]);
    if (anonymous === "off") return { kind: "off" };
    if (!isFound(anonymous) || anonymous.SecretID !== "anonymous") return { kind: "denied" };
    const isOthers = isFound(policy) && policy.Description !== DESCRIPTION;
    if (isOthers && !isFound(token)) return { kind: "taken" };
    return {
      kind: "seen",
      value: isFound(token) ? new Secret(token.SecretID) : undefined,
      rights: isFound(policy) ? rightsOf(policy.Rules) : undefined,
      isBound: isFound(token) && isBoundTo(token, name),
      isCatalogueOpen: policiesOf(anonymous).includes(CATALOGUE_POLICY),
    };
  }

  async grant(spec: TokenSpec, signal?: AbortSignal): Promise<void> {
    const { name, rights, opensCatalogue } = spec;
    await this.#setPolicy({ name, rules: rulesOf(rights) }, signal);
    await this.#setToken(spec, signal);
    if (opensCatalogue) await this.#openCatalogue(signal);
  }

  async revoke(name: string, signal?: AbortSignal): Promise<void> {
    const path = tokenPath(accessorOf(name));
    if (isFound(await this.#find(path, signal)))
      await this.#send({ method: "_delete", path }, signal);
    const policy = await this.#find<ConsulPolicy>(policyPath(name), signal);
    if (!isFound(policy)) return;
    await this.#send({ method: "_delete", path: `/acl/policy/${policy.ID}` }, signal);
  }

  /** Deployments share that of the catalogue: of two that make it at once, one is told that it is there. */
  async #setPolicy(
    { name, rules }: { readonly name: string; readonly rules: string },
    signal?: AbortSignal,
  ): Promise<void> {
    const found = await this.#find<ConsulPolicy>(policyPath(name), signal);
    if (isFound(found) && found.Rules === rules) return;
    const path = isFound(found) ? `/acl/policy/${found.ID}` : "/acl/policy";
    const body = { Name: name, Description: DESCRIPTION, Rules: rules };
    try {
      await this.#send({ method: "_put", path, body }, signal);
    } catch (problem) {
      if (isFound(found) || !isThereAlready(problem)) throw problem;
      await this.#setPolicy({ name, rules }, signal);
    }
  }

  async #setToken({ name, value }: TokenSpec, signal?: AbortSignal): Promise<void> {
    const AccessorID = accessorOf(name);
    const path = tokenPath(AccessorID);
    const found = await this.#find<ConsulToken>(path, signal);
    const isSame = isFound(found) && found.SecretID === value.reveal() && !found.ExpirationTime;
    if (isSame && isBoundTo(found, name)) return;
    // Consul changes neither the secret of a token nor when it ends.
    if (isFound(found) && !isSame) await this.#send({ method: "_delete", path }, signal);
    const body = {
      AccessorID,
      SecretID: value.reveal(),
      Description: DESCRIPTION,
      Policies: [{ Name: name }],
    };
    await this.#send({ method: "_put", path: isSame ? path : "/acl/token", body }, signal);
  }

  async #openCatalogue(signal?: AbortSignal): Promise<void> {
    await this.#setPolicy({ name: CATALOGUE_POLICY, rules: CATALOGUE_RULES }, signal);
    const path = tokenPath(ANONYMOUS);
    const found = await this.#find<ConsulToken>(path, signal);
    if (!isFound(found)) throw notConsul(this.#client.description);
    const policies = policiesOf(found);
    if (policies.includes(CATALOGUE_POLICY)) return;
    const { Description } = found;
    const Policies = [...policies, CATALOGUE_POLICY].map((Name) => ({ Name }));
    const body = { AccessorID: ANONYMOUS, Description, Policies };
    await this.#send({ method: "_put", path, body }, signal);
  }

  async #find<T>(path: string, signal?: AbortSignal): Promise<T | Absence> {
    const request = { method: "_get", path, query: { consistent: "1" } } as const;
    const { response, body } = await this.#client.send({ ...request, accepts: REFUSALS }, signal);
    const { statusCode } = response;
    if (statusCode === 200 && typeof body === "object" && body !== null) return body as T;
    const reason = String(body);
    if (NO_TOKENS.test(reason)) return "off";
    if (NOT_FOUND.test(reason)) return "absent";
    if (statusCode === 403) return "denied";
    throw notConsul(this.#client.description);
  }

  async #send(request: PlainRequest, signal?: AbortSignal): Promise<void> {
    await this.#client.send(request, signal);
  }
}

/** Why something was not found. */
type Absence = "off" | "denied" | "absent";

const DESCRIPTION = "Made by axon deploy";
/** Consul 1.8 says 403 to what is not there, newer ones 404. */
const REFUSALS = [401, 403, 404];
const NOT_FOUND = /ACL not found|does not exist/i;
const NO_TOKENS = /ACL support disabled/i;

function isThereAlready(problem: unknown): boolean {
  return problem instanceof AxonError && /already exists/i.test(problem.message);
}

function isFound<T extends object>(found: T | Absence): found is T {
  return typeof found === "object";
}

function tokenPath(accessor: string): string {
  return `/acl/token/${accessor}`;
}

function policyPath(name: string): string {
  return `/acl/policy/name/${name}`;
}

/** Not a secret. */
function accessorOf(name: string): string {
  const hex = createHash("sha256").update(`token ${name}`).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function policiesOf({ Policies }: ConsulToken): string[] {
  return (Policies ?? []).map(({ Name }) => Name);
}

function isBoundTo(token: ConsulToken, name: string): boolean {
  const { Roles, ServiceIdentities, NodeIdentities, ExpirationTime } = token;
  const more = [Roles, ServiceIdentities, NodeIdentities].flatMap((items) => items ?? []);
  const policies = policiesOf(token);
  return policies.length === 1 && policies[0] === name && more.length === 0 && !ExpirationTime;
}
