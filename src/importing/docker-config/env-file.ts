import type { Convert, Entries } from "../compose/service-context.ts";
import { rawEntries } from "../env-lines.ts";
import { itemsOf, textOf } from "../node.ts";
import { mapOf } from "../out.ts";
import { joinedPath } from "../paths.ts";

/** The engine's client takes every line as it is, which a Servicefile does not: env has what the file says. */
export const envFile: Convert = (node, { name, project, findings }) =>
  itemsOf(node).flatMap((item): Entries => {
    const path = textOf(item) ?? "";
    const text = project.others.read(joinedPath(item.directory, path));
    const subject = `${name}.env_file`;
    if (text === undefined) return [];
    if (text === null) {
      findings.drop(subject, item, `${path} is not on this machine: write what it says as env`);
      return [];
    }
    findings.change(subject, item, `what ${path} says is written out as env`);
    return [["env", mapOf(rawEntries(text))]];
  });
