import type { LiveContainer } from "../live.ts";
import { reveal } from "../secret.ts";

/** Where a router gets certificates; what is undefined is as the router has it by itself. */
export interface AcmeSettings {
  /** Whom the authority writes to. */
  readonly email: string | undefined;
  /** The authority's directory. */
  readonly server: string | undefined;
  /** The certificate by which the authority's own is known, in PEM. */
  readonly root: string | undefined;
}

/** In the container of Traefik. */
export const ACME_ROOT_FILE = "/etc/axon/acme-root.pem";

const VARIABLES = {
  email: "ACME_EMAIL",
  server: "ACME_SERVER",
  root: "ACME_ROOT",
} as const satisfies Record<keyof AcmeSettings, string>;

/** By these its container remembers them. */
export function acmeEnv(settings: AcmeSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = settings[key];
      return value === undefined ? [] : [[VARIABLES[key], value] as const];
    }),
  );
}

export function acmeSettingsOf(router: LiveContainer | undefined): AcmeSettings {
  const textOf = (key: keyof AcmeSettings) => {
    const value = router?.spec.env[VARIABLES[key]];
    return value === undefined ? undefined : reveal(value);
  };
  return { email: textOf("email"), server: textOf("server"), root: textOf("root") };
}

const KEYS = ["email", "server", "root"] as const;
