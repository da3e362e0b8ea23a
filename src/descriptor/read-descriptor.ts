import { AxonError, throwAll } from "../errors.ts";
import type { ImageFacts } from "../live.ts";
import { checkMeaning } from "./check-meaning.ts";
import { checkSchema, type Format } from "./check-schema.ts";
import { decodeLabel } from "./decode-label.ts";
import type { Descriptor } from "./descriptor.ts";
import { fromAppMetadata } from "./from-app-metadata.ts";
import { fromNative } from "./from-native.ts";
import { isMap, type LabelNode, parseLabel } from "./parse-label.ts";
import { schemaProblems } from "./schema-problems.ts";
import { unknownKeys } from "./unknown-keys.ts";

const FORMATS = {
  "io.axon.descriptor": "native",
  "com.platform9.app_metadata": "appMetadata",
} as const satisfies Record<Descriptor["label"], Format>;

const BUILDERS = { native: fromNative, appMetadata: fromAppMetadata } as const;

/**
 * What the image says about itself; undefined for a plain image. Throws DESCRIPTOR_INVALID, with
 * everything that is wrong at once.
 */
export function readDescriptor(image: ImageFacts): Descriptor | undefined {
  const label = labelOf(image);
  if (label === undefined) return undefined;
  const subject = `${image.reference}: label ${label}`;
  const root = rootOf(subject, image.labels[label] ?? "");
  const format = FORMATS[label];

  fail(subject, versionProblem(format, root));
  fail(subject, schemaProblems(checkSchema(format, root.value)));
  const facts = BUILDERS[format](root);
  fail(subject, checkMeaning(facts));
  const notices = unknownKeys(format, root.value).map((notice) => `${subject}: ${notice}`);
  return { ...facts, notices };
}

function labelOf({ labels }: ImageFacts): Descriptor["label"] | undefined {
  const known = Object.keys(FORMATS) as Descriptor["label"][];
  return known.find((label) => Object.hasOwn(labels, label));
}

function rootOf(subject: string, label: string): LabelNode {
  const decoded = decodeLabel(label);
  if ("problem" in decoded) throw invalid(`${subject} ${decoded.problem}`);
  const parsed = parseLabel(decoded.text);
  if ("problem" in parsed) throw invalid(`${subject} ${parsed.problem}`);
  return parsed.root;
}

/** Of another version nothing else is worth a complaint. */
function versionProblem(format: Format, { value }: LabelNode): string[] {
  const version = format === "native" && isMap(value) ? value.axon : undefined;
  if (typeof version !== "number" || version === 1) return [];
  return [`axon must be 1, and is ${version}: this Axon knows no other version of the contract`];
}

function fail(subject: string, problems: readonly string[]): void {
  throwAll(problems.map((problem) => invalid(`${subject}: ${problem}`)));
}

function invalid(message: string): AxonError {
  return new AxonError("DESCRIPTOR_INVALID", message, {
    hint: "Correct the image's LABEL, or use an image whose LABEL is valid.",
  });
}
