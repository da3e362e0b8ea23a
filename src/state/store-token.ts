import { createHmac } from "node:crypto";
import type { TokenSpec } from "../model.ts";
import { Secret } from "../secret.ts";
import { configRoot, endpointRoot, tokenName } from "../store-layout.ts";

const FIRST = "1";

export interface TokenRequest {
  readonly deployment: string;
  readonly digestKey: Secret;
  /** As the store remembers it. */
  readonly number: string | undefined;
  readonly opensCatalogue: boolean;
}

/**
 * The token of a deployment's containers. It follows from the deployment's key and a number, so that every
 * plan knows it and none carries it; both are where no container may read. Containers configure themselves
 * and see where services are; what Axon remembers of the deployment is not for them.
 */
export function storeToken(request: TokenRequest): TokenSpec {
  const { deployment, digestKey, number = FIRST, opensCatalogue } = request;
  return {
    name: tokenName(deployment),
    value: new Secret(asUuid(hmac(digestKey, `store token ${number} of ${deployment}`))),
    rights: { [configRoot(deployment)]: "write", [endpointRoot(deployment)]: "read" },
    opensCatalogue,
  };
}

/** Of at least 32 hexadecimal digits; Consul takes no other form of a token. */
export function asUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function hmac(key: Secret, text: string): string {
  return createHmac("sha256", key.reveal()).update(text).digest("hex");
}
