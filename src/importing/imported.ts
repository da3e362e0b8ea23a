import type { Remark } from "./findings.ts";

export interface Imported {
  /** Of the Servicefile. */
  readonly text: string;
  /** In the order of the files. */
  readonly remarks: readonly Remark[];
}
