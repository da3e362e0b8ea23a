import { Bell } from "./bell.ts";
import type { DockerClient } from "./docker-client.ts";
import { LineSplitter } from "./lines.ts";

/**
 * What happens to the engine's containers, for those who wait for one of them. All share one stream: one of each
 * would be a request more for each wait, and the engine would look through all of them at each event.
 */
export class ContainerEvents {
  readonly #client: DockerClient;
  #stream: EventStream | undefined;

  constructor(client: DockerClient) {
    this.#client = client;
  }

  /**
   * Resolves when events arrive; it may ring for what was before. It is closed when the stream has broken.
   * Rejects when the signal aborts, or when the engine does not answer.
   */
  async listen(container: string, signal: AbortSignal): Promise<Listener> {
    const stream = this.#stream ?? this.#open();
    const bell = new Bell();
    const leave = stream.add(container, bell);
    try {
      await unlessAborted(stream.opened, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return { bell, leave };
  }

  #open(): EventStream {
    const stream = new EventStream(this.#client, () => {
      if (this.#stream === stream) this.#stream = undefined;
    });
    this.#stream = stream;
    return stream;
  }
}

export interface Listener {
  readonly bell: Bell;
  /** The last one to leave ends the stream. */
  leave(): void;
}

const ACTIONS = [
  ...["start", "die", "stop", "kill", "destroy", "oom", "restart"],
  ...["pause", "unpause", "health_status"],
];

class EventStream {
  readonly opened: Promise<void>;
  readonly #end = new AbortController();
  readonly #bells = new Map<string, Set<Bell>>();
  readonly #onEnd: () => void;

  constructor(client: DockerClient, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.opened = this.#read(client);
    this.opened.catch(() => this.#close());
  }

  add(container: string, bell: Bell): () => void {
    const bells = this.#bells.get(container) ?? new Set();
    this.#bells.set(container, bells.add(bell));
    return () => {
      bells.delete(bell);
      if (bells.size === 0 && this.#bells.get(container) === bells) this.#bells.delete(container);
      if (this.#bells.size === 0) this.#close();
    };
  }

  /** `since`: what happens between the answer and the engine's own subscription is sent, too. */
  async #read(client: DockerClient): Promise<void> {
    const filters = JSON.stringify({ type: ["container"], event: ACTIONS });
    const call = {
      doing: "listen to the engine's events",
      query: { since: 1, filters },
      signal: this.#end.signal,
    };
    const response = await client.stream("GET /events", call);
    const lines = new LineSplitter((line) => this.#ring(line));
    response.on("data", (chunk: Buffer) => lines.write(chunk));
    response.on("error", () => this.#close());
    response.on("close", () => this.#close());
  }

  #ring(line: string): void {
    const container = containerOf(line);
    const bells = container === undefined ? this.#all() : (this.#bells.get(container) ?? []);
    for (const bell of bells) bell.ring();
  }

  #all(): Bell[] {
    return [...this.#bells.values()].flatMap((bells) => [...bells]);
  }

  #close(): void {
    this.#onEnd();
    this.#end.abort();
    for (const bell of this.#all()) bell.close();
  }
}

/** undefined: the line was too long to come whole; its container has many labels. */
function containerOf(line: string): string | undefined {
  try {
    const { Actor } = JSON.parse(line) as { Actor?: { ID?: string } };
    return Actor?.ID;
  } catch {
    return undefined;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
