import { looksSecret } from "../../secret.ts";

export interface Variable {
  readonly value: string;
  /** For readers: `--set`, `environment`, `.env`. */
  readonly source: string;
}

/** undefined: not set. */
export type Variables = (name: string) => Variable | undefined;

export interface Value {
  readonly text: string;
  readonly isSecret: boolean;
  readonly source: string;
}

export interface VariableLayer {
  readonly source: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** The first layer that has a name counts. */
export function variablesFrom(layers: readonly VariableLayer[]): Variables {
  return (name) => {
    for (const { source, values } of layers) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined) return { value, source };
    }
    return undefined;
  };
}

/** Names with a dot are the deployment's own, whatever the environment has. */
export function valueFrom(variables: Variables, name: string): Value | undefined {
  const found = name.includes(".") ? undefined : variables(name);
  return (
    found && {
      text: found.value.replaceAll("\0", ""),
      isSecret: looksSecret(name),
      source: found.source,
    }
  );
}
