import { type Evaluated, evaluate } from "../../servicefile/interpolate/evaluate.ts";
import { type Part, parseTemplate } from "../../servicefile/interpolate/template.ts";
import { type Variables, valueFrom } from "../../servicefile/interpolate/variables.ts";

export interface Interpolated {
  /** With the values of now. */
  readonly text: string;
  /** The same text for a Servicefile. */
  readonly written: string;
  /** Names that have no value and no default now. */
  readonly unset: readonly string[];
  /** Names in it. */
  readonly used: readonly string[];
}

/** A name alone, with or without braces; `$$` is seen first, so that it is left alone. */
const BARE = /\$\$|\$([A-Za-z_][A-Za-z0-9_]*)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Compose's `${}` is the Servicefile's, but for two things: `$NAME` is a variable, too, and one that is not set is
 * empty. undefined: Compose would not understand the text.
 */
export function interpolate(text: string, variables: Variables): Interpolated | undefined {
  const unset = new Set<string>();
  const written = text.replaceAll(BARE, (all: string, plain?: string, braced?: string) => {
    const name = plain ?? braced;
    if (name === undefined) return all;
    if (variables(name)) return `\${${name}}`;
    unset.add(name);
    return `\${${name}-}`;
  });
  const parts = isSound(written) ? parseTemplate(written) : undefined;
  if (parts === undefined) return undefined;
  const used: string[] = [];
  const { text: now } = evaluated(parts, variables, used);
  return { text: now, written, unset: [...unset], used };
}

/** A dollar stands before a dollar or a brace, and no name has a dot. */
function isSound(written: string): boolean {
  return !/\$(?![{$])|\$\{[^}:?+-]*\./.test(written.replaceAll("$$", ""));
}

function evaluated(parts: readonly Part[], variables: Variables, used: string[]): Evaluated {
  const nothing = () => undefined;
  const lookup = (name: string) => valueFrom(variables, name);
  const onUse = (name: string) => used.push(name);
  const told = { onUnset: nothing, onRequired: nothing, onTooLong: nothing };
  return evaluate(parts, { lookup, onUse, ...told });
}
