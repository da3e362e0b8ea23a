import { AxonError, type SourcePosition, throwAll } from "../errors.ts";
import { nearest } from "../servicefile/nearest.ts";
import { OUTSIDE_HINT, pathFrom } from "../servicefile/path-from.ts";
import { quoted } from "../servicefile/problems/show-value.ts";
import { readTree } from "../servicefile/yaml/read-tree.ts";
import { childOf, entriesOf, isNull, nameOf, type Tree, textOf } from "../servicefile/yaml/tree.ts";
import type { Target } from "./target.ts";

const KEYS = ["deployment", "docker", "kv", "router", "vars", "overlays", "scale"];
const LATER = ["engine", "placement"];

interface TargetsSource {
  readonly file: string;
  readonly text: string;
  /** Overlays may lie outside of the directory of the Servicefile. */
  readonly allowOutside?: boolean | undefined;
}

/** What axon.yaml says. Throws an AxonError, or AxonErrors with every problem of the file. */
export function parseTargets(source: TargetsSource): Target[] {
  const reading = new Reading(source);
  const targets = reading.targets();
  throwAll(reading.errors);
  return targets;
}

class Reading {
  readonly errors: AxonError[] = [];
  readonly #tree: Tree;
  readonly #allowOutside: boolean;
  readonly #positionAt: (offset: number) => SourcePosition;

  constructor({ allowOutside = false, ...source }: TargetsSource) {
    const { tree, positionAt } = readTree(source);
    this.#tree = tree;
    this.#allowOutside = allowOutside;
    this.#positionAt = positionAt;
  }

  targets(): Target[] {
    this.#onlyKeys(this.#tree, ["targets"]);
    const section = childOf(this.#tree, "targets");
    return this.#mapIn(section).map(([name, body]) => this.#target(name, body));
  }

  #target(name: string, body: Tree): Target {
    if (body.kind !== "map" && !isNull(body)) this.#tell(body, "must be a map of settings");
    this.#onlyKeys(body, KEYS);
    return {
      name,
      deployment: this.#textAt(body, "deployment"),
      docker: this.#textAt(body, "docker"),
      kv: this.#textAt(body, "kv"),
      router: this.#textAt(body, "router"),
      vars: this.#vars(childOf(body, "vars")),
      overlays: this.#overlays(childOf(body, "overlays")),
      scale: this.#scale(childOf(body, "scale")),
    };
  }

  #textAt(body: Tree, key: string): string | undefined {
    const part = childOf(body, key);
    if (part === undefined) return undefined;
    const text = textOf(part);
    if (text === undefined || text === "") this.#tell(part, "must be text");
    return text;
  }

  #vars(section: Tree | undefined): Record<string, string> {
    return Object.fromEntries(
      this.#mapIn(section).map(([name, value]) => {
        if (textOf(value) === undefined) this.#tell(value, "must be text");
        return [name, textOf(value) ?? ""];
      }),
    );
  }

  #overlays(section: Tree | undefined): Target["overlays"] {
    if (section === undefined || isNull(section)) return [];
    const items = section.kind === "list" ? section.items : [section];
    return items.flatMap((item) => {
      const text = textOf(item) ?? "";
      const { path, isOutside } = pathFrom(undefined, text);
      if (path === "") {
        this.#tell(item, "must be the path of a file");
        return [];
      }
      if (isOutside && !this.#allowOutside) {
        const says = `is ${quoted(text)}, which is outside of the directory of the Servicefile`;
        this.#tell(item, says, OUTSIDE_HINT);
      }
      return [{ path, at: this.#positionAt(item.at) }];
    });
  }

  #scale(section: Tree | undefined): Target["scale"] {
    return Object.fromEntries(
      this.#mapIn(section).map(([service, value]) => {
        const count = Number(textOf(value) ?? Number.NaN);
        if (!Number.isInteger(count) || count < 1 || count > 100) {
          this.#tell(value, "must be a whole number from 1 to 100");
        }
        return [service, { count, at: this.#positionAt(value.at) }];
      }),
    );
  }

  #mapIn(section: Tree | undefined): readonly (readonly [string, Tree])[] {
    if (section !== undefined && section.kind !== "map" && !isNull(section)) {
      this.#tell(section, "must be a map");
    }
    return entriesOf(section);
  }

  #onlyKeys(tree: Tree, known: readonly string[]): void {
    for (const [key, value] of entriesOf(tree)) {
      if (known.includes(key) || key.startsWith("x-")) continue;
      const near = nearest(key, known);
      const hint = near ? `did you mean "${near}"?` : `the keys here are ${known.join(", ")}`;
      if (LATER.includes(key)) this.#tell(value, "is not supported yet");
      else this.#tell(value, "is not a known key", hint);
    }
  }

  #tell(part: Tree, says: string, hint?: string): void {
    const at = this.#positionAt(part.at);
    const message = `${nameOf(part.path)} ${says}`;
    this.errors.push(new AxonError("TARGET_INVALID", message, { hint, at }));
  }
}
