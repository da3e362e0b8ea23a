/** In Consul's own language: one line per right, and the catalogue. */
export function rulesOf(rights: Readonly<Record<string, string>>): string {
  const keys = Object.entries(rights).map(([prefix, right]) => rule("key_prefix", prefix, right));
  return [...keys.sort(), CATALOGUE_RULES].join("\n");
}

/** What such rules allow. Of what others wrote, a line that is not of this form is told as it is. */
export function rightsOf(rules: string): Readonly<Record<string, string>> {
  const catalogue = CATALOGUE_RULES.split("\n");
  const lines = rules.split("\n").map((line) => line.trim());
  const lacks = catalogue.some((line) => !lines.includes(line));
  const others = lines.filter((line) => line !== "" && !catalogue.includes(line));
  return Object.fromEntries([
    ...others.map((line) => {
      const [, prefix = line, right = "as it says"] = KEY_RULE.exec(line) ?? [];
      return [prefix, right] as const;
    }),
    ...(lacks ? [["catalogue", "not all of it"] as const] : []),
  ]);
}

function rule(kind: string, prefix: string, policy: string): string {
  return `${kind} "${prefix}" { policy = "${policy}" }`;
}

const KEY_RULE = /^key_prefix "([^"]*)" \{ policy = "(\w+)" \}$/;

/** Where services are and how they are: with HTTP and by DNS. */
export const CATALOGUE_RULES = [
  rule("node_prefix", "", "read"),
  rule("service_prefix", "", "read"),
].join("\n");
