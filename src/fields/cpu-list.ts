/** The same text for the same CPUs: `1,0` and `0,1` are `0-1`. */
export function cpuList(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const merged: { from: number; to: number }[] = [];
  for (const range of text.split(",").map(rangeOf).sort(byStart)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else merged.push(range);
  }
  return merged.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

function rangeOf(text: string) {
  const [from = 0, to = from] = text.split("-").map(Number);
  return { from, to };
}

function byStart(a: { readonly from: number }, b: { readonly from: number }): number {
  return a.from - b.from;
}
