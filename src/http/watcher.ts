import type { Read } from "./pipeline.ts";

export interface Answer {
  readonly status: number;
  /** Their names are in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Told of what an adapter asks over HTTP, so that the same can be asked again. */
export interface Watcher {
  read(read: Read, answer: Answer): void;
  /** Something that changes what is there, or whose answer goes on and on. */
  other(): void;
}
