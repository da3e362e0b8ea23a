/** For `fetch` from a Consul: a connection that is kept may lead to a store that has been restarted since. */
export function once(token?: string) {
  return { headers: { connection: "close", ...(token && { "X-Consul-Token": token }) } };
}
