import type { Engine } from "../engine/engine.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { StoreAddress } from "../kv/store-address.ts";
import type { Palette } from "./output/palette.ts";

/** Everything that a command may touch in the world. Built once in main.ts, faked whole in tests. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Colours of stdout and of stderr: either may be a terminal while the other is a pipe. */
  readonly palette: Palette;
  readonly errorPalette: Palette;
  /** A person can be asked. */
  readonly isInteractive: boolean;
  /** First interrupt: start no more. */
  readonly stop: AbortSignal;
  /** Second interrupt: end what is in flight. */
  readonly abort: AbortSignal;
  readonly now: () => Date;
  /** 64 hexadecimal digits from a secure source. */
  readonly random: () => string;
  /** `within`: a directory out of which the path must not lead, also not by symbolic links. */
  readFile(path: string, within?: string): Promise<string>;
  /** All of it, as text. */
  readStdin(): Promise<string>;
  /** For this user's eyes only. `mustBeNew`: rejects with EEXIST where a file is. */
  writePrivate(path: string, text: string, mustBeNew?: boolean): Promise<void>;
  /** For everybody who may read the directory. Rejects with EEXIST where a file is that must not be replaced. */
  writeShared(path: string, text: string, mayReplace: boolean): Promise<void>;
  /** Loaded when needed, so that `axon --help` does not wait for client libraries. */
  openEngine(flag: string | undefined): Promise<Engine>;
  openStore(address: StoreAddress, signal: AbortSignal): Promise<KvStore>;
  /** Told of what is read past all these: nobody can tell whether it still reads the same. */
  readsElsewhere(): void;
  confirm(question: string): Promise<boolean>;
  /** One line; undefined: there will be none. */
  ask(question: string): Promise<string | undefined>;
}

export interface Output {
  write(text: string): unknown;
  readonly isTerminal: boolean;
  readonly columns: number;
}
