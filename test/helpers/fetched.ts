/** What a script of scripts/ fetched for the tests before they began: a program's path, or lines of them. */
export function fetched(what: "COMPOSE" | "ETCD" | "REGISTRY" | "ZOOKEEPER"): string {
  const text = process.env[`AXON_${what}`];
  if (text) return text;
  throw new Error(`AXON_${what} is not set: set it to what scripts/${what.toLowerCase()}* says`);
}
