import { dirname, join, resolve } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { AxonError } from "../../errors.ts";
import { withoutImage } from "../../fields/table.ts";
import { importContainers } from "../../importing/containers/import-containers.ts";
import {
  composeLabel,
  type RunningContainer,
} from "../../importing/containers/running-container.ts";
import type { Context } from "../context.ts";
import { askForServicefile } from "../init-questions.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { safeText } from "../output/safe-text.ts";
import { unwritable } from "../unwritable.ts";

export interface InitOptions {
  /** Where the Servicefile is written. */
  readonly file: string;
  readonly deployment: string | undefined;
  readonly docker: string | undefined;
  readonly fromContainers: readonly string[] | undefined;
  readonly fromComposeProject: string | undefined;
}

/** Writes a first Servicefile, from containers that run or from questions. Writes over nothing. */
export async function runInit(options: InitOptions, context: Context): Promise<number> {
  const { file, deployment, fromContainers, fromComposeProject } = options;
  if (deployment !== undefined) checkDeploymentName(deployment);
  if (fromContainers && fromComposeProject) {
    throw new AxonError("USAGE", "--from-containers and --from-compose-project exclude each other");
  }
  await checkFree(file, context);
  if (fromContainers ?? fromComposeProject) return initFromContainers(options, context);
  if (!context.isInteractive) {
    throw new AxonError("ANSWER_NEEDED", "init asks what to deploy, and there is no terminal", {
      hint: "Give --from-containers NAME... or --from-compose-project NAME.",
    });
  }
  await write(file, await askForServicefile(options, context), context);
  context.stdout.write(`${file} is written. Look at it, and then: axon plan${argument(file)}\n`);
  return 0;
}

async function initFromContainers(options: InitOptions, context: Context): Promise<number> {
  const { file } = options;
  const found = await readContainers(options, context);
  const { text, hidden, remarks, services } = importContainers(found, options.deployment);
  if (services === 0) {
    throw new AxonError("USAGE", `none of these containers runs: ${found.map(nameOf).join(", ")}`);
  }
  const dotEnv = join(dirname(file), ".env");
  if (hidden !== "") await checkFree(dotEnv, context);
  await write(file, text, context);
  if (hidden !== "") await context.writePrivate(resolve(context.cwd, dotEnv), hidden, true);
  const count = services === 1 ? "1 service" : `${services} services`;
  context.stdout.write(`${file} is written: ${count}.\n`);
  if (hidden !== "") {
    context.stdout.write(`${dotEnv} has what looks secret; keep it out of version control.\n`);
  }
  if (remarks.length > 0) {
    const lines = remarks.map((remark) => `  ${safeText(remark)}\n`).join("");
    context.stderr.write(`Not as it was:\n${lines}`);
  }
  context.stdout.write(`Look at it, and then: axon plan${argument(file)} --adopt\n`);
  return 0;
}

function nameOf({ name }: RunningContainer): string {
  return name;
}

function argument(file: string): string {
  return file === "Servicefile" ? "" : ` ${file}`;
}

async function readContainers(
  { docker, fromContainers, fromComposeProject }: InitOptions,
  context: Context,
): Promise<readonly RunningContainer[]> {
  const engine = await context.openEngine(docker);
  try {
    await engine.version(context.stop);
    if (fromContainers) {
      return await Promise.all(fromContainers.map((name) => named(name, engine, context)));
    }
    return await ofProject(fromComposeProject ?? "", engine, context);
  } finally {
    await engine.close();
  }
}

async function named(name: string, engine: Engine, context: Context): Promise<RunningContainer> {
  const found = await inspect(name, engine, context);
  if (found !== undefined) return found;
  throw new AxonError("USAGE", `there is no container ${name} on ${engine.description}`);
}

async function ofProject(
  project: string,
  engine: Engine,
  context: Context,
): Promise<readonly RunningContainer[]> {
  // Whoever may be taken over is nobody's, and of no deployment whatever its name.
  const { foreign } = await engine.observe(project, context.stop);
  const all = await Promise.all(
    foreign.adoptable.map(({ name }) => inspect(name, engine, context)),
  );
  const ofThis = all
    .filter((one) => one !== undefined)
    .filter((one) => composeLabel(one, "project") === project)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (ofThis.length > 0) return ofThis;
  throw new AxonError("USAGE", `there is no Compose project ${project} on ${engine.description}`);
}

async function inspect(
  reference: string,
  engine: Engine,
  { stop }: Context,
): Promise<RunningContainer | undefined> {
  const container = await engine.inspectContainer(reference, stop);
  if (container === undefined) return undefined;
  const { name, status, spec, beyond = [], identity } = container;
  if (identity.deployment !== "") {
    throw new AxonError("USAGE", `container ${name} is of the deployment ${identity.deployment}`);
  }
  const image = await engine.inspectImage(spec.image.id, stop);
  return { name, status, beyond, spec: image ? withoutImage(spec, image.defaults) : spec };
}

async function checkFree(file: string, context: Context): Promise<void> {
  const isThere = await context.readFile(resolve(context.cwd, file)).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== "ENOENT",
  );
  if (isThere) throw thereAlready(file);
}

function thereAlready(file: string): AxonError {
  return new AxonError("USAGE", `${file} is there already, and is not written over`, {
    hint: "Move it away, or give another name with --file.",
  });
}

async function write(file: string, text: string, context: Context): Promise<void> {
  try {
    await context.writeShared(resolve(context.cwd, file), text, false);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw thereAlready(file);
    throw unwritable(file, cause);
  }
}
