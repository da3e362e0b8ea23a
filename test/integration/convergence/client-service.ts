import { execIn, type Site } from "../../helpers/axon.ts";

/** A service from which others can be asked. */
export const CLIENT = `client: {image: "axon-example/node:20", cmd: sleep 3600}\n`;

/** What CLIENT gets from another service by its alias. */
export async function answerOf(site: Site, alias: string): Promise<string> {
  const script = `fetch("http://${alias}/").then((r) => r.text()).then((t) => console.log(t))`;
  return (await execIn(`${site.deployment}-client-1`, ["node", "-e", script])).trim();
}
