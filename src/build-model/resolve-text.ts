import { AxonError } from "../errors.ts";
import { own } from "../own.ts";
import { reveal, Secret, type Text } from "../secret.ts";
import {
  hasLateReference,
  type LateReference,
  lateNames,
  replaceLate,
} from "../servicefile/interpolate/late-reference.ts";
import type { ReferenceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import { elsewhereIn, type Offer } from "./catalogue.ts";
import { referenceValue, type Scope } from "./reference-value.ts";

/** The text with every reference resolved. A secret in it makes all of it one. */
export function resolveText(text: Text, scope: Scope): Text {
  const written = reveal(text);
  if (!hasLateReference(written)) return text;
  let isSecret = text instanceof Secret;
  const resolved = replaceLate(written, (reference) => {
    const value = lateValue(reference, scope);
    isSecret ||= value instanceof Secret;
    return reveal(value);
  });
  return isSecret ? new Secret(resolved) : resolved;
}

/** Words of a command, which everybody can see. */
export function resolveWords(words: readonly string[], scope: Scope): readonly string[] {
  return words.map((word) => {
    const text = resolveText(word, scope);
    if (typeof text === "string") return text;
    throw problem(secretIn(word, scope), scope, {
      says: "is secret, and commands are shown in plans and process lists",
      hint: "Hand it over in env, and write $$NAME in the command.",
    });
  });
}

function lateValue({ name, operator, word }: LateReference, scope: Scope): Text {
  const value = referenceValue(name, scope);
  const isThere = value !== undefined && !(operator !== undefined && reveal(value) === "");
  if (operator === ":+") return isThere ? word : "";
  if (isThere) return value;
  if (operator === ":-") return word;
  const says = operator === ":?" && word !== "" ? `is not there: ${word}` : "is not there";
  throw problem(name, scope, { says, hint: hintFor(name, scope) });
}

function hintFor(name: string, { input }: Scope): string | undefined {
  const elsewhere = elsewhereIn(name);
  if (elsewhere !== undefined) return elsewhereHint(name, elsewhere, input);
  if (name.startsWith("store."))
    return `Give it a value in Config, or in the text: \${${name}:-value}.`;
  return name.includes("port.") ? "Give the service a port of that name." : undefined;
}

function elsewhereHint(name: string, { deployment }: Offer, input: BuildInput): string {
  const places = Object.keys(own(input.foreignEndpoints, deployment) ?? {}).sort();
  const otherwise = `give it a value for that case: \${${name}:-value}`;
  if (places.length === 0)
    return `Deploy ${deployment} to this engine and store first, or ${otherwise}.`;
  return `${deployment} has ${places.join(", ")}. Use one of these, or ${otherwise}.`;
}

/** The first name in it that stands for a secret. */
function secretIn(word: string, scope: Scope): string {
  const isSecret = (name: string) => referenceValue(name, scope) instanceof Secret;
  return lateNames(word).find(isSecret) ?? "";
}

interface Told {
  readonly says: string;
  readonly hint: string | undefined;
}

function problem(name: string, { input, draft }: Scope, { says, hint }: Told): AxonError {
  const { servicefile } = input;
  const uses = servicefile.references.filter((reference) => reference.name === name);
  const own = uses.find(({ path }) => path[0] === draft?.entry.key);
  const use: ReferenceEntry | undefined = own ?? uses.find(isShared) ?? uses[0];
  const who = draft === undefined ? "" : `${draft.entry.name}: `;
  return new AxonError("SERVICEFILE_INVALID", `${who}${name} ${says}`, {
    at: servicefile.locate(use?.path ?? []),
    hint,
  });
}

/** In a section that is for several services. */
function isShared({ path: [top] }: ReferenceEntry): boolean {
  return /^[A-Z]/.test(String(top));
}
