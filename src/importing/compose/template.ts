import { type Evaluated, evaluate } from "../../servicefile/interpolate/evaluate.ts";
import { parseTemplate } from "../../servicefile/interpolate/template.ts";
import { type Variables, valueFrom } from "../../servicefile/interpolate/variables.ts";

export interface Interpolated {
  /** With the values of now. */
  readonly text: string;
  /** The same text for a Servicefile. */
  readonly written: string;
  /** Names that have no value and no default now. */
  readonly unset: readonly string[];
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
  return { text: evaluated(parts, variables).text, written, unset: [...unset] };
}

/** A dollar stands before a dollar or a brace, and no name has a dot. */
function isSound(written: string): boolean {
  return !/\$(?![{$])|\$\{[^}:?+-]*\./.test(written.replaceAll("$$", ""));
}

function evaluated(parts: Parameters<typeof evaluate>[0], variables: Variables): Evaluated {
  const nothing = () => undefined;
  const lookup = (name: string) => valueFrom(variables, name);
  const scope = {
    lookup,
    onUse: nothing,
    onUnset: nothing,
    onRequired: nothing,
    onTooLong: nothing,
  };
  return evaluate(parts, scope);
}
