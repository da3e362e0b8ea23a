import { Argument, Command, Option } from "commander";
import type { SystemAction } from "./commands/system.ts";
import { example, withPlace } from "./flags.ts";
import type { CreateCommand } from "./program.ts";
import type { RouterFlags } from "./router-wish.ts";

interface SystemFlags extends RouterFlags {
  readonly docker: string | undefined;
  readonly volumes: boolean;
  readonly yes: boolean;
}

export const createSystem: CreateCommand = (context, finish) =>
  withPlace(new Command("system").summary("run the router that deployments share"))
    .description(
      "Runs what the deployments of an engine share: the router, which leads domains to services. It joins the network of each deployment that has domains.",
    )
    .addArgument(new Argument("<action>", "what to do").choices(["up", "down", "status"]))
    .addArgument(new Argument("[part]", "of what (default: router)").choices(["router"]))
    .addOption(
      new Option(
        "--kind <router>",
        "which router (default: the one that is there, traefik)",
      ).choices(["traefik", "caddy"]),
    )
    .option("--http <port>", "the host's port, or address:port, for HTTP (default: 80)")
    .option("--https <port>", "the same for HTTPS (default: 443)")
    .option("--acme-email <address>", "whom the authority of `acme: true` writes to")
    .option("--acme-server <url>", "the directory of that authority (default: Let's Encrypt's)")
    .option("--acme-root <file>", "the certificate by which that authority itself is known, in PEM")
    .option("--volumes", "down: remove its data too, with its certificates", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText("after", example("axon system up router --kind caddy"))
    .action(async (action: SystemAction, _part: string | undefined, flags: SystemFlags) => {
      const { runSystem } = await import("./commands/system.ts");
      finish(await runSystem({ ...flags, action }, context));
    });
