import { shellWords } from "../../../servicefile/canonical/shell-words.ts";
import { itemsOf, type ScalarNode, scalarOf } from "../../node.ts";
import { kept, literal, type Out } from "../../out.ts";
import type { Convert, ServiceContext } from "../service-context.ts";
import { interpolate } from "../template.ts";

/** Compose splits text into words; the Servicefile hands it to the shell. So it becomes a list. */
export function command(key: string, composeKey = key): Convert {
  return (node, context) => {
    const text = scalarOf(node);
    const words = text ? wordsOf(text, { ...context, key: composeKey }) : itemsOf(node).map(kept);
    if (words === undefined) return [];
    if (words.length > 0) return [[key, words]];
    if (text === undefined && node.kind !== "list") return [];
    context.findings.drop(
      `${context.name}.${composeKey}`,
      node,
      "is empty: the image's own is used",
    );
    return [];
  };
}

interface Words extends ServiceContext {
  readonly key: string;
}

function wordsOf(
  node: ScalarNode,
  { name, key, variables, findings }: Words,
): readonly Out[] | undefined {
  const subject = `${name}.${key}`;
  const text = beforeShell(node.text);
  if (text !== node.text) {
    const says = `Compose has no shell, and reads no further than ${JSON.stringify(text.trim())}`;
    findings.change(subject, node, says);
  }
  const words = shellWords(text);
  if (words === undefined) {
    findings.fail({ subject, says: "has a quote that is not closed" }, node);
    return undefined;
  }
  const written = splitTemplate(beforeShell(node.written));
  const isSame = (word: string, index: number) =>
    interpolate(written?.[index] ?? "", variables)?.text === word;
  if (written?.length === words.length && words.every(isSame)) return written;
  findings.change(subject, node, "its variables are written out, because they hold several words");
  return words.map(literal);
}

/** A character of a shell that is not quoted ends a command for Compose. */
const TO_SHELL = /^(?:[^\\'";&|<>$]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\$\{[^}]*\}|\$)*/;

function beforeShell(text: string): string {
  const found = TO_SHELL.exec(text)?.[0] ?? text;
  return /^[;&|<>]/.test(text.slice(found.length)) ? found : text;
}

/** A reference is one piece, whatever is in it. */
function splitTemplate(written: string): readonly string[] | undefined {
  const references: string[] = [];
  const marked = written.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, (reference) => {
    references.push(reference);
    return `\uE000${references.length - 1}\uE001`;
  });
  return shellWords(marked)?.map((word) =>
    word.replaceAll(/\uE000(\d+)\uE001/g, (_, index: string) => references[Number(index)] ?? ""),
  );
}
