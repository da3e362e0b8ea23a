/** Rings are not counted: what matters is whether it rang since somebody last listened. */
export class Bell {
  #rang = false;
  #closed = false;
  #wake: () => void = () => {};

  get isClosed(): boolean {
    return this.#closed;
  }

  ring(): void {
    this.#rang = true;
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.ring();
  }

  /** Resolves when it rings or rang, or after the time; rejects when the signal aborts. */
  async heard(milliseconds: number, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener("abort", this.#wakeUp, { once: true });
      timer = setTimeout(resolve, Math.max(0, Math.ceil(milliseconds)));
      if (this.#rang || signal.aborted) resolve();
    });
    clearTimeout(timer);
    signal.removeEventListener("abort", this.#wakeUp);
    this.#rang = false;
    signal.throwIfAborted();
  }

  readonly #wakeUp = () => this.#wake();
}
