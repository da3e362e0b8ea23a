import { typeFault } from "../descriptor/config-type.ts";
import type { DescriptorConfig } from "../descriptor/descriptor.ts";
import { AxonError, type SourcePosition } from "../errors.ts";
import { own } from "../own.ts";
import { reveal, Secret, type Text } from "../secret.ts";
import type { GenerateSpec, Servicefile } from "../servicefile/servicefile.ts";
import type { BuildInput, Report } from "./build-input.ts";
import type { RawDraft } from "./draft.ts";

type Drafts = ReadonlyMap<string, RawDraft>;
type Texts = Readonly<Record<string, Text>>;

/** The input in which the keys that images declare secret are, and those that are to be generated are there. */
export function withImageConfig(input: BuildInput, drafts: Drafts): BuildInput {
  const declared = declaredKeys(drafts);
  const secret = new Set(
    declared.flatMap(([key, { secret, generate }]) => (secret || generate ? [key] : [])),
  );
  const { servicefile, config } = input;
  const hidden = { ...servicefile, config: asSecrets(servicefile.config, secret) };
  const live = asSecrets(config, secret);
  const made = declared.flatMap(([key, { generate }]) => {
    const spec = generate && specOf(generate);
    const isThere = own(servicefile.config, key) !== undefined || own(live, key) !== undefined;
    return spec === undefined || isThere ? [] : [[key, input.generated(`config/${key}`, spec)]];
  });
  return { ...input, servicefile: hidden, config: { ...live, ...Object.fromEntries(made) } };
}

/** By key: what is written once, where the store does not have it. */
export function generatedConfig(
  { servicefile, config }: BuildInput,
  drafts: Drafts,
): Readonly<Record<string, Secret>> {
  const keys = declaredKeys(drafts).flatMap(([key, { generate }]) => (generate ? [key] : []));
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = own(config, key);
      const isOfFile = own(servicefile.config, key) !== undefined;
      return isOfFile || value === undefined ? [] : [[key, new Secret(reveal(value))]];
    }),
  );
}

/** Values must fit the types that images declare, and those that they need must be there. */
export function checkImageConfig(input: BuildInput, drafts: Drafts, report: Report): void {
  const told = new Set<string>();
  for (const draft of drafts.values()) {
    for (const [key, declared] of Object.entries(draft.descriptor?.config ?? {})) {
      const error = faultOf({ draft, key, declared }, input);
      if (error === undefined || told.has(error.message)) continue;
      told.add(error.message);
      report(error);
    }
  }
}

interface Declared {
  readonly draft: RawDraft;
  readonly key: string;
  readonly declared: DescriptorConfig;
}

function faultOf({ draft, key, declared }: Declared, input: BuildInput): AxonError | undefined {
  const { servicefile } = input;
  const ofFile = own(servicefile.config, key);
  const value = ofFile ?? own(input.config, key);
  const { name, key: service } = draft.entry;
  const image = draft.image.reference;
  if (value === undefined) {
    if (!declared.required || declared.default !== undefined) return undefined;
    const message = `${name} needs the key ${key} (its image ${image} says so), and neither Config nor the store has it`;
    const hint = `Give it a value: Config: {${key}: ...}.`;
    return new AxonError("CONFIG_MISSING", message, { at: servicefile.locate([service]), hint });
  }
  const mustBe = typeFault(declared.type, reveal(value));
  if (mustBe === undefined) return undefined;
  const shown = typeof value === "string" ? `, and is ${JSON.stringify(value.slice(0, 40))}` : "";
  const where = ofFile === undefined ? `the key ${key} of the store` : `Config.${key}`;
  return new AxonError(
    "CONFIG_INVALID",
    `${where} must be ${mustBe} (the image ${image} of ${name} says so)${shown}`,
    ofFile === undefined
      ? { hint: `Correct it in the store, or say what it is: Config: {${key}: ...}.` }
      : { at: locateConfig(key, servicefile) },
  );
}

/** A key can be written as one, or as maps in each other. */
export function locateConfig(key: string, { locate }: Servicefile): SourcePosition {
  const section = locate(["Config"]);
  const whole = locate(["Config", key]);
  const isWhole = whole.line !== section.line || whole.column !== section.column;
  return isWhole ? whole : locate(["Config", ...key.split("/")]);
}

function declaredKeys(drafts: Drafts): [string, DescriptorConfig][] {
  return [...drafts.values()].flatMap(({ descriptor }) => Object.entries(descriptor?.config ?? {}));
}

function asSecrets(texts: Texts, keys: ReadonlySet<string>): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      keys.has(key) ? new Secret(reveal(text)) : text,
    ]),
  );
}

function specOf(generate: NonNullable<DescriptorConfig["generate"]>): GenerateSpec | undefined {
  for (const encoding of ["hex", "base64", "alnum"] as const) {
    const length = generate[encoding];
    if (length !== undefined) return { encoding, length };
  }
  return undefined;
}
