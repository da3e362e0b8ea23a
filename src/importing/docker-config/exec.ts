import { environment } from "../compose/keys/environment.ts";
import type { ServiceContext } from "../compose/service-context.ts";
import { entriesOf, itemsOf, textOf } from "../node.ts";
import { kept, literal, mapOf, type Out } from "../out.ts";
import type { Order } from "./import-container.ts";

const KNOWN = ["action", "command", "start_order", "environment", "exit_codes", "detach"];

/** `action: exec`: a command in another container, whose name is the first word. */
export function importExec(context: ServiceContext, { step, require }: Order): Out | undefined {
  const { name, body, project, findings } = context;
  const command = body.entries.get("command");
  const text = textOf(command);
  const [target, ...words] =
    text === undefined ? itemsOf(command).map(kept) : text.split(/\s+/).map(literal);
  const service = project.serviceNames.get(String(target));
  if (command === undefined || service === undefined) {
    const says = `runs in ${JSON.stringify(target ?? "")}, which is not a container of the file`;
    findings.fail({ subject: `${name}.command`, says }, command ?? body);
    return undefined;
  }
  const says = `is a one-shot of its own, with the image, volumes and environment of ${service}`;
  findings.change(name, body, says);
  for (const [key, node] of entriesOf(body)) {
    if (!KNOWN.includes(key))
      findings.drop(`${name}.${key}`, node, "a one-shot of Exec has no such key");
  }
  const variables = body.entries.get("environment");
  const [env] = variables ? environment(variables, context) : [];
  const exitCodes = body.entries.get("exit_codes");
  const isOneShot = project.oneShots.has(String(target));
  return mapOf([
    ["service", service],
    ["cmd", words],
    ["env", env?.[1]],
    ["step", step],
    ["require", new Map([...require, [service, isOneShot ? "completed" : "started"]])],
    ["exit_codes", exitCodes && kept(exitCodes)],
  ]);
}
