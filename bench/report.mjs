import { cpus, totalmem } from "node:os";

const HEADS = ["case", "what", "Axon", "against", "ratio", "rounds"];

/** One line for each contender after the first: medians, with the fastest and the slowest round. */
export function rowsOf({ name, what }, times) {
  const [[first, own], ...others] = Object.entries(times);
  return others.map(([other, otherTimes]) => [
    name,
    what,
    `${first === "Axon" ? "" : `${first}: `}${show(own)}`,
    `${other}: ${show(otherTimes)}`,
    (median(own) / median(otherTimes)).toFixed(2),
    String(own.length),
  ]);
}

/** In Markdown, so that it can be put on record as it is. */
export function renderTable(rows) {
  const all = [HEADS, ...rows];
  const widths = HEADS.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(HEADS), rule, ...rows.map(line)].join("\n");
}

export function renderMachine({ engine, compose }) {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const node = process.versions.node;
  return `${cpus().length} cores, ${memory}, Node ${node}, engine ${engine}, Compose ${compose}`;
}

export function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function show(times) {
  const [low, high] = [Math.min(...times), Math.max(...times)];
  return `${duration(median(times))} (${duration(low)} to ${duration(high)})`;
}

function duration(milliseconds) {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 1_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}
