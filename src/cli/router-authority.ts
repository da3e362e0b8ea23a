import { createHash } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import { attributeOf } from "../plan/piece.ts";
import type { Change } from "../plan/plan.ts";
import { authorityPolicy } from "../routing/caddy/caddy-authority.ts";
import { flatten, type JsonObject } from "../routing/caddy/json.ts";
import { acmeSettingsOf } from "../system/acme-settings.ts";
import type { Context } from "./context.ts";
import { reachCaddy } from "./managed-caddy.ts";

/**
 * Where Caddy gets certificates is in its own configuration: its container remembers what that is to be. Answers
 * what somebody has changed there.
 */
export async function authorityChange(
  engine: Engine,
  caddy: LiveContainer,
  context: Context,
): Promise<Change | undefined> {
  const { readAuthority } = await import("../router/caddy/caddy-authority.ts");
  const { address, close } = await reachCaddy(engine, caddy, context);
  try {
    const before = textsOf(await readAuthority(address, context.stop));
    const after = textsOf(wantedOf(caddy));
    const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    if (differing.length === 0) return undefined;
    return {
      address: `router.${caddy.name}`,
      resource: "router",
      name: caddy.name,
      action: "update",
      section: { kind: "foundation" },
      cause: "its authority for certificates",
      attributes: differing.map((path) => {
        const delta = { path, before: before.get(path), after: after.get(path) };
        return attributeOf(delta, { drift: true });
      }),
      unchanged: 0,
    };
  } finally {
    await close();
  }
}

/** Makes it what the container remembers. */
export async function bringAuthority(
  engine: Engine,
  caddy: LiveContainer,
  context: Context,
): Promise<void> {
  if ((await authorityChange(engine, caddy, context)) === undefined) return;
  const { root } = acmeSettingsOf(caddy);
  if (root !== undefined) {
    const file = { kind: "file", path: rootFileOf(root), mode: 0o644, content: root } as const;
    await engine.placeFiles(caddy.id, [file], context.stop);
  }
  const { setAuthority } = await import("../router/caddy/caddy-authority.ts");
  const { address, close } = await reachCaddy(engine, caddy, context);
  try {
    await setAuthority(address, wantedOf(caddy), context.stop);
  } finally {
    await close();
  }
}

function wantedOf(caddy: LiveContainer): JsonObject | undefined {
  const { email, server, root } = acmeSettingsOf(caddy);
  return authorityPolicy({ email, server, rootFile: root && rootFileOf(root) });
}

/**
 * On the volume, as the configuration that names it is: Caddy does not start without it, and begins with the
 * configuration that it had last. So one that another replaces stays.
 */
function rootFileOf(root: string): string {
  const digest = createHash("sha256").update(root).digest("hex");
  return `/data/axon/acme-root-${digest.slice(0, 12)}.pem`;
}

/** In words of Caddy's: `acme.ca`. */
function textsOf(policy: JsonObject | undefined): ReadonlyMap<string, string> {
  if (policy === undefined) return new Map();
  const texts = flatten(policy, "").map(([path, text]): [string, string] => [
    path.replace(/^\/issuers\/\d+\//, "acme.").replace(/^\//, ""),
    text,
  ]);
  return new Map(texts.filter(([path]) => path !== "@id" && path !== "acme.module"));
}
