import { labelFault, labelNear } from "../../servicefile/canonical/dns-label.ts";

/** Compose allows more in a name than the Servicefile does: `my_db` becomes my-db. */
export function serviceNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.filter((name) => labelFault(name) === undefined));
  return new Map(
    names.map((name) => {
      if (taken.has(name)) return [name, name];
      const free = firstFree(labelNear(name) || "service", taken);
      taken.add(free);
      return [name, free];
    }),
  );
}

function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  let free = wanted;
  for (let number = 2; taken.has(free); number++) free = `${wanted}-${number}`;
  return free;
}
