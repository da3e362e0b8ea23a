/** A file that is imported, or that one of these names. */
export interface SourceFile {
  /** As readers know it. */
  readonly file: string;
  readonly text: string;
  /** The directory of its relative paths, seen from that of the Servicefile; "" is the same. */
  readonly directory: string;
}
