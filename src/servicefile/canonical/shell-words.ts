/**
 * Splits text into words as a shell does: quotes and backslashes, but no variables or globs.
 * undefined: a quote is not closed, or a backslash has nothing to escape.
 */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const word = WORD.exec(rest)?.[0] ?? "";
    const after = rest.slice(word.length);
    if (word === "" || /^\S/.test(after)) return undefined;
    words.push(unquoted(word));
    rest = after.trimStart();
  }
  return words;
}

const WORD = /^(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/;

function unquoted(word: string): string {
  const pieces = word.match(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^'"\\]+/g) ?? [];
  return pieces.map(unquotedPiece).join("");
}

function unquotedPiece(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll(/\\(["\\$`])/g, "$1");
  return piece.startsWith("\\") ? piece.slice(1) : piece;
}
