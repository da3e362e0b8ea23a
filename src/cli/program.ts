import { Argument, Command, Option } from "commander";
import type { ResourceAction } from "./commands/resource.ts";
import type { Context } from "./context.ts";
import {
  addTo,
  dockerOption,
  example,
  fileFlags,
  filesFlags,
  lockFlags,
  wholeNumber,
  withFile,
  withLock,
  withName,
  withPlace,
  withRouter,
  withVariables,
} from "./flags.ts";
import { createKv } from "./kv-program.ts";
import type { NamedFlags } from "./named-deployment.ts";
import { createSystem } from "./system-program.ts";

/** What a command came to: its exit code. */
export type Finish = (exitCode: number) => void;

const EXIT_CODES = `
Exit codes:
  0    done, or nothing to do
  1    failed before any change (engine, store, internal)
  2    changes pending or something held (--detailed-exitcode only)
  3    input not valid
  4    declined
  5    rolled back: the old version serves
  6    partially applied
  7    somebody else deploys right now
  8    the plan is stale
  9    the lock was lost
  130  interrupted`;

/**
 * The command line as a whole: names, flags, help. What happens is in commands/. Where `asked` names a
 * command, the others, which take time to be described, are left out.
 */
export function createProgram(
  context: Context,
  { version, asked }: { readonly version: string; readonly asked?: string | undefined },
  finish: Finish,
): Command {
  const program = new Command("axon")
    .description("Deploys containers from a Servicefile: plan, deploy, No changes.")
    .version(version, "-V, --version", "print the version")
    .option("--no-color", "no colour (also: NO_COLOR)")
    .addHelpText("after", EXIT_CODES)
    .helpCommand(false)
    .helpOption("-h, --help", "print this")
    // The descriptions name defaults where a reader wants to know them.
    .configureHelp({ optionDescription: ({ description }) => description })
    .showHelpAfterError("(axon --help tells more)")
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns,
      getErrHelpWidth: () => context.stderr.columns,
    })
    .exitOverride();
  const only = asked !== undefined && Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  for (const create of only ? [only] : Object.values(COMMANDS)) {
    const command = create(context, finish).copyInheritedSettings(program);
    program.addCommand(command.showHelpAfterError(`(axon ${command.name()} --help tells more)`));
  }
  return program;
}

async function named<T extends NamedFlags>(flags: T, context: Context) {
  const { namedDeployment } = await import("./named-deployment.ts");
  return namedDeployment(flags, context);
}

export type CreateCommand = (context: Context, finish: Finish) => Command;

const plan: CreateCommand = (context, finish) =>
  withRouter(withFile(new Command("plan").summary("show what a deploy would do")))
    .description("Shows what a deploy would do, and changes nothing.")
    .option("--json", "the plan as JSON", false)
    .option("--adopt", "take over containers that Axon has not made", false)
    .option(
      "--prune-volumes",
      "remove named volumes that the file does not name, with their data",
      false,
    )
    .option("--pull", "pull every image anew, except where pull_policy is never", false)
    .option("--out <file>", "save the plan, for axon deploy --plan")
    .option("--detailed-exitcode", "exit 2 when there is something to do or held", false)
    .addHelpText("after", example("axon plan Servicefile -D shop-staging"))
    .action(async (file: string | undefined, flags) => {
      const { runPlanCommand } = await import("./commands/plan.ts");
      finish(await runPlanCommand({ ...flags, ...fileFlags(file, flags) }, context));
    });

const deploy: CreateCommand = (context, finish) =>
  withLock(
    withRouter(
      withFile(new Command("deploy").summary("make what is live what the Servicefile says")),
    ),
  )
    .description(
      "Shows the plan, asks where something would be removed or replaced, and carries it out.",
    )
    .option("-y, --yes", "do not ask", false)
    .option("--adopt", "take over containers that Axon has not made", false)
    .option(
      "--prune-volumes",
      "remove named volumes that the file does not name, with their data",
      false,
    )
    .option("--pull", "pull every image anew, except where pull_policy is never", false)
    .option("--plan <file>", "perform exactly this saved plan, or exit 8")
    .option("--detailed-exitcode", "exit 2 when something is held", false)
    .addHelpText("after", example("axon deploy Servicefile -D shop-staging --yes"))
    .action(async (file: string | undefined, flags) => {
      const { runDeploy } = await import("./commands/deploy.ts");
      finish(
        await runDeploy({ ...flags, ...lockFlags(flags), ...fileFlags(file, flags) }, context),
      );
    });

const destroy: CreateCommand = (context, finish) =>
  withLock(withRouter(withName(new Command("destroy").summary("remove a deployment"))))
    .description(
      "Shows what would be removed, asks, and removes it. Named volumes are kept unless asked.",
    )
    .option("--volumes", "remove named volumes too, with their data", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon destroy -D shop-staging"))
    .action(async (flags) => {
      const { runDestroy } = await import("./commands/destroy.ts");
      finish(await runDestroy({ ...(await named(flags, context)), ...lockFlags(flags) }, context));
    });

const status: CreateCommand = (context, finish) =>
  withRouter(withName(new Command("status").summary("show what is there of a deployment")))
    .description("Shows services, one-shots, routes and volumes of a deployment as they are now.")
    .option("--json", "the status as JSON", false)
    .addHelpText("after", example("axon status -D shop-staging"))
    .action(async (flags) => {
      const { runStatus } = await import("./commands/status.ts");
      finish(await runStatus(await named(flags, context), context));
    });

const history: CreateCommand = (context, finish) =>
  withPlace(withName(new Command("history").summary("show the revisions of a deployment")))
    .description("Shows what was deployed when, by whom and from what, the newest first.")
    .option("--json", "the history as JSON", false)
    .addHelpText("after", example("axon history -D shop"))
    .action(async (flags) => {
      const { runHistory } = await import("./commands/history.ts");
      finish(await runHistory(await named(flags, context), context));
    });

const rollback: CreateCommand = (context, finish) =>
  withLock(withRouter(withName(new Command("rollback").summary("go back to an earlier revision"))))
    .description(
      "Shows the plan that makes an earlier revision live again, asks, and carries it out. Images are those that ran then, although a tag may have moved. One-shots are not run unless asked.",
    )
    .argument(
      "[revision]",
      "number (default: the last complete one before the current one)",
      wholeNumber("the revision"),
    )
    .option("--tasks", "run one-shots that differ, too", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon rollback 12 -D shop"))
    .action(async (revision: number | undefined, flags) => {
      const { runRollback } = await import("./commands/rollback.ts");
      finish(
        await runRollback(
          { ...(await named(flags, context)), ...lockFlags(flags), revision },
          context,
        ),
      );
    });

const unlock: CreateCommand = (context, finish) =>
  withPlace(withName(new Command("unlock").summary("take the lock of a deployment away")))
    .description(
      "Shows who has the lock, asks, and takes it away. Its holder can write nothing after that.",
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon unlock -D shop"))
    .action(async (flags) => {
      const { runUnlock } = await import("./commands/unlock.ts");
      finish(await runUnlock(await named(flags, context), context));
    });

const resource: CreateCommand = (context, finish) =>
  withPlace(withName(new Command("resource").summary("say what is there for services to require")))
    .description(
      "Sets, tells and removes resources: facts in the store that services of a deployment can require. What requires one that is not set is held.",
    )
    .addArgument(new Argument("<action>", "what to do").choices(RESOURCE_ACTIONS))
    .argument("[words...]", 'the name, and for set the value (default: "yes")')
    .option("--json", "as JSON", false)
    .addHelpText("after", example("axon resource set License -D shop"))
    .action(async (action: ResourceAction, words: readonly string[], flags) => {
      const { runResource } = await import("./commands/resource.ts");
      finish(await runResource({ ...(await named(flags, context)), action, words }, context));
    });

const RESOURCE_ACTIONS = ["set", "get", "list", "unset"] as const;

const validate: CreateCommand = (context, finish) =>
  withVariables(new Command("validate").summary("check Servicefiles"))
    .description("Checks Servicefiles without an engine, and tells all their problems at once.")
    .argument("[files...]", 'Servicefiles (default: "Servicefile")')
    .option("-f, --file <path>", "a Servicefile, in place of the arguments")
    .option(
      "--target <name>",
      "a target of the axon.yaml beside the Servicefile (repeatable)",
      addTo,
      [],
    )
    .option("--json", "what was found as JSON", false)
    .addHelpText("after", example("axon validate shop/Servicefile --target staging --json"))
    .action(async (files: readonly string[], flags) => {
      const { runValidate } = await import("./commands/validate.ts");
      finish(await runValidate({ ...flags, ...filesFlags(files, flags) }, context));
    });

const config: CreateCommand = (context, finish) =>
  withFile(new Command("config").summary("show a Servicefile with everything put in"))
    .description(
      "Shows what a Servicefile says when includes, overlays, variables and the target are put in. Needs no engine. Secrets are not shown.",
    )
    .addOption(
      new Option("--format <format>", "yaml or json").choices(["yaml", "json"]).default("yaml"),
    )
    .option("--origins", "say where each value came from", false)
    .addHelpText("after", example("axon config Servicefile --target staging --origins"))
    .action(async (file: string | undefined, flags) => {
      const { runConfig } = await import("./commands/config.ts");
      finish(await runConfig({ ...flags, ...fileFlags(file, flags) }, context));
    });

const describe: CreateCommand = (context, finish) =>
  new Command("describe")
    .summary("show what an image says about itself")
    .description(
      "Shows what an image says about itself in its LABEL, and what it supplies besides.",
    )
    .argument("<image>", "image, as in a Servicefile")
    .option("--json", "as JSON", false)
    .addOption(dockerOption())
    .addHelpText("after", example("axon describe rock77/website"))
    .action(async (image: string, flags) => {
      const { runDescribe } = await import("./commands/describe.ts");
      finish(await runDescribe({ ...flags, image }, context));
    });

const importFrom: CreateCommand = (context, finish) =>
  new Command("import")
    .summary("make a Servicefile of what exists")
    .description(
      "Writes a Servicefile that deploys to the same as Compose files, or as the steps and containers of a docker_config (TripleO, Paunch). What cannot be taken over is told with its place.",
    )
    .addArgument(new Argument("<format>", "what they are").choices(FORMATS))
    .argument("<files...>", "what to import; a later Compose file is merged over an earlier one")
    .option("-o, --output <file>", "where the Servicefile is written (default: to stdout)")
    .option("--force", "write over a file that is there", false)
    .option("--profile <name>", "a profile of Compose that is asked for (repeatable)", addTo, [])
    .option("--env-file <path>", "a file of variables (repeatable)", addTo, [])
    .addHelpText("after", example("axon import compose compose.yaml -o Servicefile"))
    .action(async (format: (typeof FORMATS)[number], files: readonly string[], flags) => {
      const { runImport } = await import("./commands/import.ts");
      finish(
        await runImport(
          { ...flags, format, files, envFiles: flags.envFile, profiles: flags.profile },
          context,
        ),
      );
    });

const FORMATS = ["compose", "docker-config"] as const;

const init: CreateCommand = (context, finish) =>
  new Command("init")
    .summary("write a first Servicefile")
    .description(
      "Writes a first Servicefile, from questions or from containers that run, so that axon plan --adopt has little to say. Writes over nothing.",
    )
    .option("-f, --file <path>", "where it is written (default: Servicefile)", "Servicefile")
    .option("--from-containers <names...>", "of these containers, by name or id")
    .option("--from-compose-project <name>", "of the containers of this Compose project")
    .option("-D, --deployment <name>", "name of the deployment, that is written into it")
    .addOption(dockerOption())
    .addHelpText("after", example("axon init --from-containers web db"))
    .action(async (flags) => {
      const { runInit } = await import("./commands/init.ts");
      finish(await runInit(flags, context));
    });

const COMMANDS: Readonly<Record<string, CreateCommand>> = {
  plan,
  deploy,
  destroy,
  status,
  history,
  rollback,
  unlock,
  resource,
  kv: createKv,
  system: createSystem,
  validate,
  config,
  describe,
  import: importFrom,
  init,
};
