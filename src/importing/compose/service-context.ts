import type { Variables } from "../../servicefile/interpolate/variables.ts";
import type { Findings } from "../findings.ts";
import type { MapNode, Node } from "../node.ts";
import type { OtherTexts } from "../other-texts.ts";
import type { Out } from "../out.ts";

/** A service of the Compose files, and what is around it. */
export interface ServiceContext {
  /** As Compose calls it. */
  readonly name: string;
  readonly body: MapNode;
  readonly project: Project;
  readonly variables: Variables;
  readonly findings: Findings;
}

export interface Project {
  /** All files as one. */
  readonly content: MapNode;
  /** What Compose would put before the names of images and volumes. */
  readonly name: string;
  /** Services that are used, by their name in Compose; the name in the Servicefile. */
  readonly serviceNames: ReadonlyMap<string, string>;
  /** Those that others wait for until they have ended. */
  readonly oneShots: ReadonlySet<string>;
  readonly others: OtherTexts;
  /** More entries of Files: contents by name. */
  readonly texts: Map<string, string>;
  /** Names of what services turn out to use. */
  readonly used: Readonly<Record<"networks" | "volumes" | "configs" | "secrets", Set<string>>>;
}

/** Keys of a service in the Servicefile, from one key in Compose. */
export type Entries = readonly (readonly [key: string, value: Out | undefined])[];

export type Convert = (node: Node, context: ServiceContext) => Entries;
