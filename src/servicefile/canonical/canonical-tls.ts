import { hasLateReference } from "../interpolate/late-reference.ts";
import type { Report } from "../problems/problem.ts";
import type { DomainTls, TlsSource } from "../servicefile.ts";
import { childOf, isNull, type Tree, textOf } from "../yaml/tree.ts";
import { inputPath } from "./input-path.ts";

/** Whose certificate a domain has; undefined where it has none. */
export function canonicalTls(body: Tree, report: Report): DomainTls | undefined {
  const cert = given(body, "cert");
  const key = given(body, "key");
  const acme = given(body, "acme");
  if (acme === undefined || textOf(acme) === "false") return ownCertificate({ cert, key }, report);
  if (cert === undefined && key === undefined) {
    return { kind: "acme", resolver: textOf(acme) === "true" ? undefined : textOf(acme) };
  }
  const says = "cannot be together with cert and key";
  report({ path: acme.path, says, hint: "take either a certificate of your own, or ACME" });
  return undefined;
}

interface Pair {
  readonly cert: Tree | undefined;
  readonly key: Tree | undefined;
}

function ownCertificate({ cert, key }: Pair, report: Report): DomainTls | undefined {
  if (cert === undefined || key === undefined) {
    const there = cert ?? key;
    const missing = cert === undefined ? "cert" : "key";
    const says = `needs ${missing} beside it`;
    if (there) report({ path: there.path, says, hint: `add ${missing}: FILE` });
    return undefined;
  }
  const certSource = sourceOf(cert, report);
  const keySource = sourceOf(key, report);
  if (certSource === undefined || keySource === undefined) return undefined;
  return { kind: "certificate", cert: certSource, key: keySource };
}

function given(body: Tree, name: string): Tree | undefined {
  const tree = childOf(body, name);
  return isNull(tree) ? undefined : tree;
}

/** A path, unless it is said by a reference what the text is. */
function sourceOf(tree: Tree, report: Report): TlsSource | undefined {
  const { path } = tree;
  const text = textOf(tree) ?? "";
  if (hasLateReference(text)) return { kind: "content", content: text, path };
  const file = inputPath(tree, report);
  return file === undefined ? undefined : { kind: "file", file, path };
}
