interface Listed {
  readonly address: string;
}

/** What was there when the plan was made. */
export interface Left {
  /** As it is in the store. */
  readonly journal: string | undefined;
  /** The same plan for programs. */
  readonly json: string;
}

const NOTE =
  /^note: the axon deploy of .+ was cut off:\s+(\d+) of the (\d+) that it was to change (?:is|are) in this plan: (.+?)(?: and (\d+) more)?$/m;

/** The plan tells where a run was cut off: how much of what it was to change the plan changes, and what. */
export function cutOffProblems(plan: string, { journal, json }: Left): string[] {
  const { resource_changes: changes } = JSON.parse(json) as {
    readonly resource_changes: readonly Listed[];
  };
  const tells = plan.includes("was cut off");
  if (journal === undefined) return tells ? ["plan says that it was cut off, and it was not"] : [];
  if (changes.length === 0) return [];
  const begun = (JSON.parse(journal) as { readonly changes: readonly Listed[] }).changes;
  const open = changes
    .map(({ address }) => address)
    .filter((address) => begun.some((change) => change.address === address));
  const [text, left, planned, names = "", more = "0"] = NOTE.exec(plan) ?? [];
  if (text === undefined) return [`plan does not say where it was cut off:\n${plan}`];
  const named = names.split(", ");
  const told = { left: Number(left), planned: Number(planned), named, more: Number(more) };
  const wanted = {
    left: open.length,
    planned: begun.length,
    named: open.slice(0, named.length),
    more: open.length - named.length,
  };
  const isTrue = JSON.stringify(told) === JSON.stringify(wanted);
  const [, ...lines] = text.split("\n");
  // One is named whatever its length.
  const isShort = named.length === 1 || lines.every((line) => line.length <= 80);
  return [
    ...(isTrue ? [] : [`plan tells ${JSON.stringify(told)}, and it is ${JSON.stringify(wanted)}`]),
    ...(isShort ? [] : [`too long: ${text}`]),
  ];
}
