import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { type BuildResult, buildModel } from "../../src/build-model/build-model.ts";
import { hostPathsOf } from "../../src/cli/host-paths.ts";
import { openPasswordHash } from "../../src/cli/password-hash.ts";
import type { ImageFacts, Live } from "../../src/live.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planDeployment } from "../../src/plan/plan-deployment.ts";
import { planDestruction } from "../../src/plan/plan-destruction.ts";
import { withUnseenHealth } from "../../src/plan/unseen-health.ts";
import { reveal, Secret } from "../../src/secret.ts";
import { parseServicefile } from "../../src/servicefile/parse-servicefile.ts";
import type { Servicefile } from "../../src/servicefile/servicefile.ts";
import { imageFacts, imageIdentity } from "../helpers/build.ts";
import { digest } from "../helpers/world.ts";
import { deployed, type LiveNotes, NOTHING_DEPLOYED, patched } from "./live-notes.ts";

/** What of an image differs from one that supplies nothing. `content` tells two of one tag apart. */
interface ImageNotes {
  readonly content?: string;
  readonly descriptor?: object;
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly expose?: readonly number[];
}

type Images = Readonly<Record<string, ImageNotes | null>>;

/** Where the Servicefile of a case is said to lie. */
const DIRECTORY = "/home/ana/projects/shop";

/**
 * A case is told in files: `Servicefile` (what is wanted), `images.yaml` (images that supply something),
 * `live.yaml` (what is there; without it, nothing), `Servicefile.before` (what live.yaml may begin with),
 * `command` (where it is not `plan`).
 */
export async function planOfCase(folder: string): Promise<Plan> {
  const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
  const has = (name: string) => existsSync(`${folder}/${name}`);
  const images: Images = has("images.yaml") ? parse(read("images.yaml")) : {};
  const notes: LiveNotes = has("live.yaml") ? parse(read("live.yaml")) : { deployed: "nothing" };
  const name = notes.deployed ?? "Servicefile";

  const build = (text: string, facts: Images, live: Live) =>
    modelOf({ text, images: facts, live, isManaged: notes["managed-store"] !== undefined });
  const previous =
    name === "nothing"
      ? undefined
      : (await build(read(name), { ...images, ...notes.images }, NOTHING_DEPLOYED)).model;
  const live = patched(previous ? deployed(previous, digest) : NOTHING_DEPLOYED, notes);
  if (has("command")) return destruction(read("command"), live);
  const { model, notices, servicefile } = await build(read("Servicefile"), images, live);
  const plan = planDeployment(model, live, {
    digest,
    hostPaths: hostPathsOf(servicefile, DIRECTORY),
    previous,
    notices: notices.map((message) => ({ code: "NOTICE", message })),
  });
  return withUnseenHealth(plan, live);
}

function destruction(command: string, live: Live): Plan {
  const volumes = command.trim() === "axon destroy -D shop --volumes";
  if (!volumes && command.trim() !== "axon destroy -D shop") throw new Error(`what is ${command}`);
  return planDestruction("shop", live, { volumes });
}

interface Wanted {
  readonly text: string;
  readonly images: Images;
  readonly live: Live;
  readonly isManaged: boolean;
}

interface Built extends BuildResult {
  readonly servicefile: Servicefile;
}

async function modelOf({ text, images, live, isManaged }: Wanted): Promise<Built> {
  const servicefile = parseServicefile({ file: "Servicefile", text });
  const references = Object.values(servicefile.services).map(({ image }) => image);
  const built = buildModel({
    servicefile,
    deployment: servicefile.deployment ?? "shop",
    images: Object.fromEntries(
      references.map((reference) => [reference, factsOf(reference, images[reference] ?? {})]),
    ),
    endpoints: live.store.endpoints,
    config: live.store.config,
    foreignEndpoints: { blog: { "blog/http": "blog-blog-1:8080" } },
    store: {
      kind: "consul",
      scheme: "http",
      hostAndPort: "consul:8500",
      alias: isManaged ? "consul" : undefined,
    },
    customerId: "default",
    hash: await openPasswordHash(servicefile.domains),
    certificates: { read: () => undefined, keyFits: () => "unreadable" },
    inputs: { files: {}, env: {}, directory: DIRECTORY },
    generated: (name) => new Secret(name),
    digest: (content) => `<${reveal(content).length}>`,
  });
  return { ...built, servicefile };
}

function factsOf(reference: string, notes: ImageNotes): ImageFacts {
  const { content, descriptor, cmd, env = {}, user, expose = [] } = notes;
  return imageFacts(reference, {
    id: imageIdentity(reference, content).id,
    labels: descriptor ? { "io.axon.descriptor": JSON.stringify(descriptor) } : {},
    defaults: {
      command: cmd,
      env,
      user,
      exposedPorts: expose.map((port) => ({ port, protocol: "tcp" })),
    },
  });
}
