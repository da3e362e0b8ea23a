import type { Cut } from "./cutting-proxy.ts";
import type { Interruption, Version } from "./interrupted-site.ts";

/** How many requests change something on the way to a version. */
export type Counts = Readonly<Record<Version, number>>;

type AtRequest = Extract<Cut, { kind: "request" }>;

interface Way {
  readonly signals: readonly NodeJS.Signals[];
  readonly side: AtRequest["side"];
}

/** Each request is cut in each of these. */
const WAYS: readonly Way[] = [
  { signals: ["SIGKILL"], side: "before" },
  { signals: ["SIGKILL"], side: "after" },
  { signals: ["SIGINT"], side: "with" },
];

const AT_AN_INSTANT: readonly (readonly NodeJS.Signals[])[] = [
  ["SIGKILL"],
  ["SIGINT"],
  ["SIGINT", "SIGINT"],
  ["SIGTERM"],
];

const LATEST_MILLISECONDS = 6_000;

export interface Extent {
  readonly runs: number;
  readonly seed: number;
  readonly counts: Counts;
}

/**
 * What interrupts the deploys of each version: at every request in every way, and at random instants, which are one
 * run of six or what is over. With fewer runs than that, they are spread evenly over requests and ways, and the
 * seed says where that begins.
 */
export function planSoak({
  runs,
  seed,
  counts,
}: Extent): Readonly<Record<Version, Interruption[]>> {
  const random = randomFrom(seed);
  const all = atRequests(counts);
  const chosen = Math.min(all.length, runs - Math.ceil(runs / 6));
  const begin = random();
  const planned: Record<Version, Interruption[]> = { one: [], two: [] };
  for (let at = 0; at < chosen; at += 1) {
    const place = all[Math.floor(((at + begin) * all.length) / chosen)] as (typeof all)[number];
    planned[place.version].push(place.interruption);
  }
  for (let at = chosen; at < runs; at += 1) {
    const milliseconds = Math.floor(random() * LATEST_MILLISECONDS);
    const signals = AT_AN_INSTANT[at % AT_AN_INSTANT.length] ?? [];
    const fewer = planned.one.length < planned.two.length ? "one" : "two";
    planned[fewer].push({ cut: { kind: "instant", milliseconds }, signals });
  }
  return { one: shuffled(planned.one, random), two: shuffled(planned.two, random) };
}

/** The ways of a request follow each other; which is first changes, so that every third one is not always the same. */
function atRequests(counts: Counts) {
  return (["two", "one"] as const).flatMap((version) =>
    [...Array(counts[version])].flatMap((_, index) =>
      WAYS.map((_, at) => {
        const { signals, side } = WAYS[(at + index) % WAYS.length] as Way;
        const cut = { kind: "request", number: index + 1, side } as const;
        return { version, interruption: { cut, signals } };
      }),
    ),
  );
}

/** What has come of it. */
export class Tally {
  readonly #counts: Counts;
  readonly #requests = new Set<string>();
  readonly #ways = new Set<string>();
  #instants = 0;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** The deployer was interrupted so. */
  add(version: Version, { cut, signals }: Interruption): void {
    if (cut.kind === "instant") this.#instants += 1;
    if (cut.kind !== "request") return;
    this.#requests.add(`${version} ${cut.number}`);
    this.#ways.add(`${version} ${cut.number} ${cut.side} ${signals}`);
  }

  toString(): string {
    const requests = this.#counts.one + this.#counts.two;
    return (
      `requests cut: ${this.#requests.size} of ${requests}, ` +
      `in ${this.#ways.size} of ${requests * WAYS.length} ways; at random instants: ${this.#instants}`
    );
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const keyed = list.map((item) => ({ item, place: random() }));
  return keyed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
