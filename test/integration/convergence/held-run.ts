import { execIn, type Site } from "../../helpers/axon.ts";
import type { Running } from "../../helpers/run-axon.ts";

type Env = Readonly<Record<string, string>>;

/** A job that ends well as soon as `letGo` is called, and until then keeps its deployer at work. */
export const HELD_JOB = `\
job:
  image: axon-example/sleeper
  detach: false
  cmd: echo holding; until [ -e /go ]; do sleep 0.1; done
`;

/** A deploy of HELD_JOB that has the lock and is in the middle of its work. */
export async function startHeldDeploy(site: Site, env: Env = {}): Promise<Running> {
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"], env);
  await deploy.seen("job | holding");
  return deploy;
}

export async function letGo({ deployment }: Site): Promise<void> {
  await execIn(`${deployment}-job`, ["touch", "/go"]);
}
