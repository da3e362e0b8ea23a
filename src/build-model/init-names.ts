import type { Draft } from "./draft.ts";

/** One init-region per image: the drafts that run it, the first by name of those that share an image. */
export function initDrafts(drafts: readonly Draft[]): ReadonlyMap<string, Draft> {
  const perImage = new Map<string, Draft>();
  for (const draft of drafts) {
    if (draft.entry.init === false) continue;
    if (!perImage.has(draft.image.id)) perImage.set(draft.image.id, draft);
  }
  const named = new Map<string, Draft>();
  for (const draft of perImage.values()) {
    const short = `init.${slug(repository(draft.image.reference))}`;
    named.set(named.has(short) ? `init.${slug(draft.image.reference)}` : short, draft);
  }
  return named;
}

/** Without registry host, tag and digest, so that a new version of an image is the same one-shot. */
function repository(reference: string): string {
  const path = reference.split("@")[0] ?? reference;
  const withoutTag = path.replace(/:[^:/]*$/, "");
  const [host = "", ...rest] = withoutTag.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(host) ? rest.join("/") : withoutTag;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
