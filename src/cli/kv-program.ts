import { Command, Option } from "commander";
import type { Context } from "./context.ts";
import { example, lockFlags, wholeNumber, withLock, withName, withPlace } from "./flags.ts";
import { type NamedFlags, namedDeployment } from "./named-deployment.ts";
import type { Finish } from "./program.ts";

/** `axon kv` and what it can do. */
export function createKv(context: Context, finish: Finish): Command {
  const kv = new Command("kv")
    .summary("read and change a deployment's configuration in the store")
    .description(
      "Reads and changes the keys of a deployment's configuration, below axon/<deployment>/config/ in the store. Each change is a revision of the deployment.",
    )
    .addHelpText("after", example("axon kv put debug true -D shop"))
    .helpCommand(false);
  for (const create of [get, put, list, remove, exportTo, importFrom, history]) {
    kv.addCommand(create(context, finish).copyInheritedSettings(kv));
  }
  return kv;
}

type Create = (context: Context, finish: Finish) => Command;

const get: Create = (context, finish) =>
  shown(placed("get", "print the value of a key"))
    .argument("<key>", "the key, as it is below config/")
    .option("--revision <number>", "as it was at this revision", wholeNumber("--revision"))
    .addHelpText("after", example("axon kv get redis/maxmemory -D shop"))
    .action(async (key: string, flags) => {
      const { runKvGet } = await import("./commands/kv/get.ts");
      finish(await runKvGet({ ...(await named(flags, context)), key }, context));
    });

const put: Create = (context, finish) =>
  withLock(placed("put", "write a key"))
    .argument("<key>", "the key, as it is below config/")
    .argument("<value>", "the value, @FILE, or - for stdin (@@x: the text @x)")
    .option("--sensitive", "never show its value, although its name does not look secret", false)
    .option(
      "--cas <version>",
      "only if it still has this version, as get --json tells; 0: is not there",
    )
    .addHelpText("after", example("axon kv put redis/maxmemory 256mb -D shop"))
    .action(async (key: string, value: string, flags) => {
      const { runKvPut } = await import("./commands/kv/put.ts");
      const options = { ...(await named(flags, context)), ...lockFlags(flags), key, value };
      finish(await runKvPut(options, context));
    });

const list: Create = (context, finish) =>
  shown(placed("list", "print keys and values"))
    .argument("[prefix]", "only keys that begin with this")
    .option("--revision <number>", "as they were at this revision", wholeNumber("--revision"))
    .addHelpText("after", example("axon kv list redis/ -D shop"))
    .action(async (prefix: string | undefined, flags) => {
      const { runKvList } = await import("./commands/kv/list.ts");
      finish(await runKvList({ ...(await named(flags, context)), prefix }, context));
    });

const remove: Create = (context, finish) =>
  withLock(placed("delete", "remove keys"))
    .argument("<keys...>", "the keys, as they are below config/")
    .option("--prefix", "remove all keys that begin so, after a question", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon kv delete feature/ --prefix -D shop"))
    .action(async (keys: readonly string[], flags) => {
      const { runKvDelete } = await import("./commands/kv/delete.ts");
      const options = { ...(await named(flags, context)), ...lockFlags(flags), keys };
      finish(await runKvDelete(options, context));
    });

const exportTo: Create = (context, finish) =>
  placed("export", "write all keys as a file that can be imported")
    .addOption(
      new Option("--format <format>", "yaml or json").choices(["yaml", "json"]).default("yaml"),
    )
    .option("-o, --output <file>", "where it is written, for your eyes only (default: to stdout)")
    .option("--force", "write over a file that is there", false)
    .option("--show-sensitive", "with the values that are not for showing", false)
    .option("--revision <number>", "as they were at this revision", wholeNumber("--revision"))
    .addHelpText("after", example("axon kv export -D shop --show-sensitive -o shop.yaml"))
    .action(async (flags) => {
      const { runKvExport } = await import("./commands/kv/export.ts");
      finish(await runKvExport(await named(flags, context), context));
    });

const importFrom: Create = (context, finish) =>
  withLock(placed("import", "make the keys what a file says"))
    .argument("<from>", "a file as export writes it, YAML or JSON; - for stdin")
    .option("--prune", "remove the keys that it does not name", false)
    .option("--dry-run", "only show what would be done", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon kv import shop.yaml -D shop-staging"))
    .action(async (from: string, flags) => {
      const { runKvImport } = await import("./commands/kv/import.ts");
      const options = { ...(await named(flags, context)), ...lockFlags(flags), from };
      finish(await runKvImport(options, context));
    });

const history: Create = (context, finish) =>
  shown(placed("history", "print what a key was, revision by revision"))
    .argument("<key>", "the key, as it is below config/")
    .addHelpText("after", example("axon kv history debug -D shop"))
    .action(async (key: string, flags) => {
      const { runKvHistory } = await import("./commands/kv/history.ts");
      finish(await runKvHistory({ ...(await named(flags, context)), key }, context));
    });

function placed(name: string, summary: string): Command {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return withPlace(withName(new Command(name).summary(summary).description(sentence)));
}

function shown(command: Command): Command {
  return command
    .option("--json", "as JSON", false)
    .option("--show-sensitive", "print also values that are not for showing", false);
}

function named<T extends NamedFlags>(flags: T, context: Context) {
  return namedDeployment(flags, context);
}
