import { type AxonError, type SourcePosition, throwAll } from "../errors.ts";
import { canonicalAllow } from "./canonical/canonical-allow.ts";
import { canonicalConfig } from "./canonical/canonical-config.ts";
import { canonicalDeployment } from "./canonical/canonical-deployment.ts";
import { canonicalDomains } from "./canonical/canonical-domains.ts";
import { canonicalEnvSection } from "./canonical/canonical-env-section.ts";
import { canonicalExec } from "./canonical/canonical-exec.ts";
import { canonicalGenerate } from "./canonical/canonical-generate.ts";
import { canonicalNetworkSection } from "./canonical/canonical-networks.ts";
import { canonicalServices } from "./canonical/canonical-services.ts";
import { canonicalFiles, canonicalSecrets } from "./canonical/canonical-sources.ts";
import { canonicalVolumeSection } from "./canonical/canonical-volume-section.ts";
import { eitherOf } from "./canonical/either-of.ts";
import { checkResources } from "./check-resources.ts";
import { inputNeeds } from "./input-needs.ts";
import { checkReferences } from "./interpolate/check-references.ts";
import { type DeploymentName, interpolateFile } from "./interpolate/interpolate-file.ts";
import type { Variables } from "./interpolate/variables.ts";
import { assemble, type OtherFiles } from "./layers/assemble.ts";
import { type Scale, withScale } from "./layers/with-scale.ts";
import { explainSchemaProblem } from "./problems/explain-schema-problem.ts";
import { type Report, toError } from "./problems/problem.ts";
import type { Servicefile } from "./servicefile.ts";
import { reportUnknownPlaced } from "./unknown-placed.ts";
import { validateServicefile } from "./validate-servicefile.ts";
import { locate } from "./yaml/locate.ts";
import { toPlain } from "./yaml/to-plain.ts";
import { childOf, nodeAt, type Path, type Tree } from "./yaml/tree.ts";
import { without } from "./yaml/without.ts";

export interface SourceText {
  /** As the user wrote it; shown in errors. */
  readonly file: string;
  readonly text: string;
}

/** What a file does not say itself. */
export interface ParseOptions {
  /** Wins over `Vars`. Absent: there is none. */
  readonly variables?: Variables;
  /** The name that counts in place of what the file declares. Absent, or undefined: what it declares. */
  readonly deploymentName?: (declared: string | undefined) => DeploymentName | undefined;
  /** Included files and overlays. Absent: there are none. */
  readonly others?: OtherFiles;
  /** Instances by service, in place of what the file says. */
  readonly scale?: Scale;
}

type Locate = Servicefile["locate"];

/** Throws an AxonError, or AxonErrors with every problem of the file. */
export function parseServicefile(source: SourceText, options: ParseOptions = {}): Servicefile {
  return readServicefile(source, options).servicefile;
}

export interface ReadServicefile {
  readonly servicefile: Servicefile;
  /** All files as one, with variables replaced. */
  readonly tree: Tree;
  positionOf(part: Tree): SourcePosition;
}

/** The same, with what it was read from. */
export function readServicefile(source: SourceText, options: ParseOptions): ReadServicefile {
  const others = options.others ?? NO_OTHERS;
  const { tree: written, positionOf } = assemble(source, others);
  const locatePath = (path: Path): SourcePosition => positionOf(locate(written, path));
  const errors: AxonError[] = [];
  const report: Report = (problem) => {
    if (problem.isOutside && others.allowOutside) return;
    errors.push(toError(problem, locatePath));
  };
  const outside = { ...NOTHING, ...options, lineOf: (path: Path) => locatePath(path).line };
  const { tree, references } = interpolateFile(written, outside, report);
  const sound = reportUnsound(tree, report);
  // Who has so many problems in a file mends some of them before anybody looks for more.
  if (errors.length > MOST_PROBLEMS) throwAll(errors);
  const content = canonicalContent(sound, report, locatePath);
  const services = Object.values(content.services);
  reportUnknownPlaced(services, tree, report);
  checkResources({ ...content, services }, report);
  checkReferences(references, { tree, services }, report);
  const scaled = withScale(content.services, options.scale ?? {}, (error) => errors.push(error));
  throwAll(errors);
  const { file, text } = source;
  const servicefile = { file, text, locate: locatePath, ...content, services: scaled, references };
  return { servicefile, tree, positionOf };
}

const MOST_PROBLEMS = 1000;

const NOTHING = {
  variables: () => undefined,
  deploymentName: () => undefined,
};

const NO_OTHERS: OtherFiles = { texts: {}, overlays: [], shown: (path) => path };

/** Reports what the schema refuses, and returns the tree without it, so that the rest can be looked at too. */
function reportUnsound(tree: Tree, report: Report): Tree {
  const problems = validateServicefile(toPlain(tree));
  for (const problem of problems.slice(0, MOST_PROBLEMS + 1)) {
    report(explainSchemaProblem(problem, tree));
  }
  return without(
    tree,
    problems.map(({ path }) => nodeAt(tree, path)?.path ?? path),
  );
}

function canonicalContent(
  tree: Tree,
  report: Report,
  locatePath: Locate,
): Omit<Servicefile, "file" | "text" | "locate" | "references"> {
  const services = canonicalServices(tree, report, (key) => locatePath([key]).line);
  const exec = eitherOf(tree, ["Exec", "Run"], report);
  const files = canonicalFiles(childOf(tree, "Files"), report);
  const secrets = canonicalSecrets(childOf(tree, "Secrets"), report);
  const domains = canonicalDomains(childOf(tree, "Domains"), report);
  return {
    deployment: canonicalDeployment(childOf(tree, "Deployment"), report),
    ...canonicalEnvSection(childOf(tree, "Env"), Object.values(services), report),
    config: canonicalConfig(childOf(tree, "Config"), report),
    domains,
    networks: canonicalNetworkSection(childOf(tree, "Networks"), report),
    volumes: canonicalVolumeSection(childOf(tree, "Volumes"), report),
    generate: canonicalGenerate(childOf(tree, "Generate")),
    allow: canonicalAllow(childOf(tree, "Allow"), Object.values(services), report),
    exec: canonicalExec(exec, Object.values(services), report),
    files,
    secrets,
    needs: inputNeeds({ domains, files, secrets, services }),
    services,
  };
}
