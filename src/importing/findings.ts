import { AxonError, type SourcePosition } from "../errors.ts";
import type { Node } from "./node.ts";

/** Something of the imported file that the Servicefile does not say, or says in another way. */
export interface Remark {
  /** `dropped`: the Servicefile has no counterpart. `changed`: it has one that a reader should know of. */
  readonly kind: "dropped" | "changed";
  /** `web.build` */
  readonly subject: string;
  /** Why. */
  readonly says: string;
  readonly at: SourcePosition;
}

export interface Fault {
  /** `web.image`; "": the whole. */
  readonly subject: string;
  /** The rest of a sentence about it. */
  readonly says: string;
  readonly hint?: string | undefined;
}

/** What comes up while a file is imported. */
export class Findings {
  readonly errors: AxonError[] = [];
  readonly remarks: Remark[] = [];

  drop(subject: string, node: Node, says: string): void {
    this.remarks.push({ kind: "dropped", subject, says, at: node.at });
  }

  change(subject: string, node: Node, says: string): void {
    this.remarks.push({ kind: "changed", subject, says, at: node.at });
  }

  fail({ subject, says, hint }: Fault, { at }: Pick<Node, "at">): void {
    const message = subject === "" ? says : `${subject} ${says}`;
    this.errors.push(new AxonError("IMPORT_INVALID", message, { hint, at }));
  }

  /** Remarks by file and line. */
  inOrder(): readonly Remark[] {
    const files = [...new Set(this.remarks.map(({ at }) => at.file))];
    return this.remarks.toSorted(
      ({ at: a }, { at: b }) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  }
}
