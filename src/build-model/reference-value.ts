import { own } from "../own.ts";
import { looksSecret, reveal, Secret, type Text } from "../secret.ts";
import type { BuildInput } from "./build-input.ts";
import { offeredAt } from "./catalogue.ts";
import type { RawDraft } from "./draft.ts";
import { sourceText } from "./input-texts.ts";

/** What references are resolved against. */
export interface Scope {
  readonly input: BuildInput;
  readonly drafts: ReadonlyMap<string, RawDraft>;
  /** Whose text it is; undefined in sections that belong to no service. */
  readonly draft: RawDraft | undefined;
}

/** The value of a name with dots: a Secret where it must not be shown, undefined where there is none. */
export function referenceValue(name: string, scope: Scope): Text | undefined {
  const [root = ""] = name.split(".", 1);
  const rest = name.slice(root.length + 1);
  const { input, draft } = scope;
  if (root === "axon") return rest === "deployment" ? input.deployment : draft?.entry.name;
  if (root === "port") return draft && portOf(draft, rest);
  if (root === "service") return ofService(rest, scope);
  if (root === "store") return storedValue(rest, input);
  if (root === "generate") return generated(rest, input);
  return root === "secret" ? secretValue(rest, input) : undefined;
}

/** `redis.host`, `redis.port` for its first port, `redis.port.admin`; `infra:redis.host` of another deployment. */
function ofService(rest: string, { drafts, input }: Scope): string | undefined {
  const [place = "", what, ...port] = rest.split(".");
  const [deployment = "", ...service] = place.split(":");
  const isHere = service.length === 0 || isOwn(deployment, input);
  if (!isHere) {
    const offer = { deployment, service: service.join(":") };
    return offeredAt(offer, port.join(".") || undefined, input)?.address[
      what === "host" ? "host" : "port"
    ];
  }
  const name = service[0] ?? deployment;
  const draft = drafts.get(name);
  if (draft === undefined) return undefined;
  return what === "host" ? name : portOf(draft, port.join(".") || firstPort(draft));
}

function isOwn(deployment: string, { deployment: own, servicefile }: BuildInput): boolean {
  return deployment === own || deployment === servicefile.deployment;
}

function firstPort({ ports }: RawDraft): string {
  return Object.keys(ports).sort()[0] ?? "";
}

function portOf({ ports }: RawDraft, name: string): string | undefined {
  const port = own(ports, name);
  return port && String(port.number);
}

/** What the file wants wins over what is there. */
function storedValue(key: string, { servicefile, config }: BuildInput): Text | undefined {
  const value = own(servicefile.config, key) ?? own(config, key);
  return typeof value === "string" && looksSecret(key) ? new Secret(value) : value;
}

function generated(name: string, { servicefile, generated }: BuildInput): Secret | undefined {
  const spec = servicefile.generate[name];
  return spec && generated(name, spec);
}

/** A file ends with a line break that nobody means. */
function secretValue(name: string, input: BuildInput): Secret {
  const text = sourceText({ section: "Secrets", name, path: ["Secrets", name] }, input);
  return new Secret(reveal(text).replace(/\r?\n$/, ""));
}
