import { type Command, Option } from "commander";
import { AxonError } from "../errors.ts";

/** For commands that need no Servicefile; `named-deployment.ts` makes one name of what is given. */
export function withName(command: Command): Command {
  return command
    .addOption(deploymentOption())
    .option("--target <name>", "the deployment, engine and store of this target of axon.yaml")
    .option("-f, --file <path>", "the Servicefile beside which that axon.yaml is", "Servicefile")
    .option("--allow-outside", "read what lies outside of the Servicefile's directory", false);
}

export function withFile(command: Command): Command {
  return withVariables(
    command
      .argument("[file]", 'the Servicefile (default: "Servicefile")')
      .option("-f, --file <path>", "the Servicefile, in place of the argument")
      .option("--target <name>", "a target of the axon.yaml beside the Servicefile"),
  );
}

/** What a Servicefile does not say itself. */
export function withVariables(command: Command): Command {
  return command
    .option("--set <NAME=value>", "a variable of the Servicefile (repeatable)", addVariable, {})
    .option("--env-file <path>", "a file of such variables (repeatable)", addTo, [])
    .option("--allow-outside", "read what lies outside of the Servicefile's directory", false)
    .addOption(deploymentOption());
}

function addVariable(text: string, set: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at > 0) return { ...set, [text.slice(0, at)]: text.slice(at + 1) };
  throw new AxonError("USAGE", `--set takes NAME=value, and "${text}" is not that`);
}

export function addTo(text: string, list: readonly string[]): readonly string[] {
  return [...list, text];
}

export function withPlace(command: Command): Command {
  return command
    .addOption(dockerOption())
    .option(
      "--kv <url>",
      "the store: consul://, etcd:// or zookeeper://host:port (default: AXON_KV, CONSUL_HTTP_ADDR, managed)",
    );
}

/** Where it is, and what leads to it. */
export function withRouter(command: Command): Command {
  return withPlace(command).option(
    "--router <url>",
    "the router: traefik, or caddy://host:port of its admin API (default: AXON_ROUTER, managed, traefik)",
  );
}

export function withLock(command: Command): Command {
  return command
    .option(
      "--lock-timeout <seconds>",
      "how long to wait for another deployer (default: 600)",
      wholeNumber("--lock-timeout", "of seconds"),
      600,
    )
    .option("--no-wait", "do not wait for another deployer: exit 7");
}

export function lockFlags({
  wait,
  lockTimeout,
}: {
  readonly wait: boolean;
  readonly lockTimeout: number;
}) {
  return { lockTimeout: wait ? lockTimeout : 0 };
}

/** Reads what was given for `name`. `unit`: of what the number is, for the error. */
export function wholeNumber(name: string, unit = ""): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
    const takes = `a whole number ${unit}`.trimEnd();
    throw new AxonError("USAGE", `${name} takes ${takes}, and "${text}" is not that`);
  };
}

function deploymentOption(): Option {
  return new Option("-D, --deployment <name>", "name of the deployment");
}

export function dockerOption(): Option {
  return new Option(
    "--docker <url>",
    "the engine (default: DOCKER_HOST, docker context, local socket)",
  );
}

interface FileFlags {
  readonly file?: string;
  readonly envFile: readonly string[];
}

export function fileFlags(argument: string | undefined, flags: FileFlags) {
  return { file: fileOf(argument, flags), envFiles: flags.envFile };
}

export function filesFlags(
  named: readonly string[],
  { target, ...flags }: FileFlags & { readonly target: readonly string[] },
) {
  const [first, ...more] = named;
  const files = [fileOf(first, flags), ...more];
  return { files, targets: target, envFiles: flags.envFile };
}

function fileOf(argument: string | undefined, flags: { readonly file?: string }): string {
  if (argument !== undefined && flags.file !== undefined) {
    throw new AxonError("USAGE", `two Servicefiles are named: ${argument} and ${flags.file}`);
  }
  return argument ?? flags.file ?? "Servicefile";
}

export function example(command: string): string {
  return `\nExample:\n  ${command}`;
}
