import { AxonError } from "../errors.ts";
import type { ImageFacts } from "../live.ts";
import type { ServiceEntry, Servicefile } from "../servicefile/servicefile.ts";

/** An image that services want, and how. */
export interface ImageWish {
  readonly reference: string;
  readonly platform: string | undefined;
  readonly pullPolicy: "always" | "missing" | "never";
  /** One that says so. */
  readonly user: ServiceEntry;
}

export interface PullOptions {
  /** All that is not said about pulling is `always`. */
  readonly pull?: boolean | undefined;
}

/** Each image once, by name. Who wants it pulled always gets that; an engine keeps one platform of a name. */
export function wishesOf(servicefile: Servicefile, { pull }: PullOptions = {}): ImageWish[] {
  const services = Object.values(servicefile.services);
  const references = [...new Set(services.map(({ image }) => image))].sort();
  return references.map((reference) => {
    const users = services.filter(({ image }) => image === reference);
    const policies = users.map(({ pullPolicy }) =>
      pull && pullPolicy !== "never" ? "always" : (pullPolicy ?? "missing"),
    );
    const pullPolicy = (["always", "missing"] as const).find((one) => policies.includes(one));
    const speaker = users.find((user) => user.platform ?? user.pullPolicy) ?? users[0];
    if (speaker === undefined) throw new Error(`nobody uses ${reference}`);
    checkOnePlatform(users, servicefile);
    const platform = users.find((user) => user.platform)?.platform;
    return { reference, platform, pullPolicy: pullPolicy ?? "never", user: speaker };
  });
}

/** Of a variant, `v8` of `linux/arm64/v8`, only what both name is compared. */
export function isFor({ platform: told = "" }: ImageFacts, wanted: string | undefined): boolean {
  const [there, asked] = [told.split("/"), wanted?.split("/") ?? []];
  return told === "" || asked.every((part, index) => (there[index] ?? part) === part);
}

function checkOnePlatform(users: readonly ServiceEntry[], servicefile: Servicefile): void {
  const [first, second] = [...new Map(users.map((user) => [user.platform, user])).values()].filter(
    ({ platform }) => platform !== undefined,
  );
  if (first === undefined || second === undefined) return;
  throw new AxonError(
    "SERVICEFILE_INVALID",
    `${first.name} wants ${first.image} for ${first.platform}, and ${second.name} for ${second.platform}: an engine keeps one of them under that name`,
    {
      at: servicefile.locate([second.key, "platform"]),
      hint: "Name the images by digest.",
    },
  );
}
