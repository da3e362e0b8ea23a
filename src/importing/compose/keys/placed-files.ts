import { childOf, entriesOf, itemsOf, type Node, scalarOf, textOf } from "../../node.ts";
import { mapOf, type Out } from "../../out.ts";
import { hostPath, isInside, joinedPath } from "../../paths.ts";
import { octal } from "../octal.ts";
import type { Convert, Entries, ServiceContext } from "../service-context.ts";

/** A config or secret as a service uses it. */
interface Use {
  readonly node: Node;
  readonly source: string;
  readonly target: string;
  readonly mode: string | undefined;
}

interface Section {
  readonly key: "configs" | "secrets";
  readonly folder: string;
}

const CONFIGS: Section = { key: "configs", folder: "/" };
const SECRETS: Section = { key: "secrets", folder: "/run/secrets/" };

export const configs: Convert = (node, context) =>
  itemsOf(node).flatMap((item) => placed(useOf(item, CONFIGS), CONFIGS, context));

export const secrets: Convert = (node, context) =>
  itemsOf(node).flatMap((item) => placed(useOf(item, SECRETS), SECRETS, context));

function useOf(item: Node, { folder }: Section): Use {
  const source = textOf(item) ?? textOf(childOf(item, "source")) ?? "";
  const target = scalarOf(childOf(item, "target"))?.written ?? source;
  const mode = scalarOf(childOf(item, "mode"));
  return {
    node: item,
    source,
    target: target.startsWith("/") ? target : `${folder}${target}`,
    mode: mode && octal(mode),
  };
}

function placed(use: Use, section: Section, context: ServiceContext): Entries {
  const { name, project, findings } = context;
  const subject = `${name}.${section.key}.${use.source}`;
  const definition = childOf(childOf(project.content, section.key), use.source);
  if (definition === undefined) {
    findings.fail({ subject, says: `is not among the ${section.key} of the file` }, use.node);
    return [];
  }
  tellOwner(use, subject, context);
  const file = scalarOf(childOf(definition, "file"));
  if (file) {
    const path = joinedPath(definition.directory, file.text);
    // A directory, and what is somewhere else, can only be mounted, which is what Compose does with all of them.
    if (!isInside(path) || project.others.read(path) === null) {
      return [["volumes", [`${hostPath(file.written, definition.directory)}:${use.target}:ro`]]];
    }
  } else if (isFromDotEnv(definition, section, context)) {
    return asText(use, definition, context);
  } else if (!childOf(definition, "environment") && !childOf(definition, "content")) {
    findings.drop(subject, definition, "nothing says what is in it: it is external");
    return [];
  }
  project.used[section.key].add(use.source);
  return section.key === "configs" ? asFile(use) : asSecret(use);
}

function asFile({ source, target, mode }: Use): Entries {
  const isUsual = mode === undefined || mode === "0644";
  const value: Out = isUsual
    ? source
    : mapOf([
        ["name", source],
        ["mode", mode],
      ]);
  return [["files", mapOf([[target, value]])]];
}

/** Others than root read it, too: Compose mounts the file as it is on the host. */
function asSecret({ source, target, mode = "0444" }: Use): Entries {
  const isUsual = target === `/run/secrets/${source}`;
  const given = isUsual ? [] : ([["target", target]] as const);
  return [["secrets", [mapOf([["name", source], ...given, ["mode", mode]])]]];
}

/** The Secrets of a Servicefile see the environment alone. */
function isFromDotEnv(definition: Node, { key }: Section, { variables }: ServiceContext): boolean {
  const variable = textOf(childOf(definition, "environment"));
  if (key === "configs" || variable === undefined) return false;
  const found = variables(variable);
  return found !== undefined && found.source !== "environment";
}

function asText(use: Use, definition: Node, { name, project, findings }: ServiceContext): Entries {
  const subject = `${name}.secrets.${use.source}`;
  const variable = textOf(childOf(definition, "environment"));
  findings.change(
    subject,
    use.node,
    `is a file with \${${variable}}, which is not in the environment now`,
  );
  const file = `secret.${use.source}`;
  project.texts.set(file, `\${${variable}}`);
  const placedFile = mapOf([
    ["name", file],
    ["mode", use.mode ?? "0444"],
  ]);
  return [["files", mapOf([[use.target, placedFile]])]];
}

function tellOwner({ node }: Use, subject: string, { findings }: ServiceContext): void {
  for (const [key, value] of entriesOf(node)) {
    if (key !== "uid" && key !== "gid") continue;
    findings.drop(
      `${subject}.${key}`,
      value,
      "files belong to the user of the container where it is a number, else to root",
    );
  }
}
