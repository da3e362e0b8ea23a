import type { ImageFacts } from "../live.ts";
import type { Descriptor } from "./descriptor.ts";

/**
 * An image has the labels of the one that it is built from, unless it sets its own: then its LABEL describes
 * that other one. Told as a notice; undefined where none of the others is what it is built from.
 */
export function inheritedLabel(
  image: ImageFacts,
  label: Descriptor["label"],
  others: readonly ImageFacts[],
): string | undefined {
  const bases = others
    .filter((other) => other.labels[label] === image.labels[label] && isBuiltFrom(image, other))
    .toSorted((a, b) => (b.layers?.length ?? 0) - (a.layers?.length ?? 0));
  const [base] = bases;
  if (base === undefined) return undefined;
  return `${image.reference}: label ${label} is that of ${base.reference}, from which it is built; give it one of its own if it is run in another way`;
}

/** Its layers are those of the other one, and more. */
function isBuiltFrom({ layers = [] }: ImageFacts, { layers: base = [] }: ImageFacts): boolean {
  const isLonger = base.length > 0 && layers.length > base.length;
  return isLonger && base.every((layer, index) => layer === layers[index]);
}
