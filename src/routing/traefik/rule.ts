import type { RouteSpec } from "../../model.ts";

/** Which requests, or by the name that its TLS asks for which connections, a route is for. */
export function ruleOf({ kind, domain, path }: RouteSpec): string {
  const [exact, pattern] = kind === "tcp" ? ["HostSNI", "HostSNIRegexp"] : ["Host", "HostRegexp"];
  const host = domain.startsWith("*.")
    ? `${pattern}(\`^[^.]+\\.${escapeRegex(domain.slice(2))}$\`)`
    : `${exact}(\`${domain}\`)`;
  return path === undefined ? host : `${host} && PathPrefix(\`${path}\`)`;
}

export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
