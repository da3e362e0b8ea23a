import { AxonError } from "../errors.ts";
import type { PlacedFile } from "../model.ts";
import { Secret, type Text } from "../secret.ts";
import { lateNames } from "../servicefile/interpolate/late-reference.ts";
import type {
  BootstrapEntry,
  EnvSection,
  HealthcheckEntry,
  ServiceEntry,
} from "../servicefile/servicefile.ts";
import type { Report } from "./build-input.ts";
import { elsewhereIn, offeredAt } from "./catalogue.ts";
import { collecting, type Draft, type RawDraft } from "./draft.ts";
import { envOfFile, sourceText } from "./input-texts.ts";
import type { Scope } from "./reference-value.ts";
import { resolveText, resolveWords } from "./resolve-text.ts";

/** Services with what their texts refer to in place, and with all that the file says of their environment. */
export function resolveDrafts(scope: Omit<Scope, "draft">, report: Report): Draft[] {
  return [...scope.drafts.values()].flatMap((draft) =>
    collecting(report, () => resolveDraft({ ...scope, draft })),
  );
}

export interface OwnScope extends Scope {
  readonly draft: RawDraft;
}

function resolveDraft(scope: OwnScope): Draft {
  const { draft } = scope;
  return {
    ...draft,
    entry: resolveEntry(draft.entry, scope),
    env: resolveEnv(fileEnv(scope), scope),
    files: placedFiles(scope),
    elsewhere: elsewhere(scope),
  };
}

/** Where its texts lead: it must be on the networks of those. */
function elsewhere(scope: OwnScope): readonly string[] {
  const { draft, input } = scope;
  const contents = draft.entry.files.map((entry) => sourceText(entry, input));
  const ofExec = Object.values(input.servicefile.exec).filter(
    ({ service }) => service === draft.entry.name,
  );
  const names = textsIn([draft.entry, fileEnv(scope), contents, ofExec]).flatMap(lateNames);
  const offers = names.flatMap((name) => elsewhereIn(name) ?? []);
  const there = offers.filter((offer) => offeredAt(offer, undefined, input) !== undefined);
  const others = there.map(({ deployment }) => deployment);
  return [...new Set(others)].filter((name) => name !== input.deployment).sort();
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Secret) return [value.reveal()];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Later wins; null stays, to remove what comes from elsewhere. */
function fileEnv({ draft, input }: OwnScope): EnvSection {
  const { entry } = draft;
  const { env, serviceEnv } = input.servicefile;
  const files = entry.envFiles.map((need) => envOfFile(need, input));
  const layers = [env, serviceEnv[entry.name] ?? {}, ...files, entry.env];
  // Object.assign would set the prototype, for a variable of that name.
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)));
}

function placedFiles(scope: OwnScope): PlacedFile[] {
  const { draft, input } = scope;
  checkWritable(scope);
  checkVisible(scope);
  return draft.entry.files.map((entry) => {
    const content = resolveText(sourceText(entry, input), scope);
    return { target: entry.target, mode: entry.mode, digest: input.digest(content), content };
  });
}

/** Engines put nothing into a container whose root is read-only. */
function checkWritable({ draft: { entry }, input }: OwnScope): void {
  const [first] = entry.files;
  if (!entry.options.readOnly || first === undefined) return;
  throw new AxonError(
    "SERVICEFILE_INVALID",
    `${entry.name} is read_only, so ${first.target} cannot be put into it`,
    { at: input.servicefile.locate(first.path), hint: "Remove read_only, or the files." },
  );
}

/** What is put below a path that is kept in memory is hidden as soon as the container starts. */
function checkVisible({ draft: { entry }, input }: OwnScope): void {
  const mounted = entry.mounts.filter(({ kind }) => kind === "tmpfs");
  const paths = [...Object.keys(entry.options.tmpfs ?? {}), ...mounted.map(({ target }) => target)];
  for (const { target, path } of entry.files) {
    const above = paths.find((one) => target === one || target.startsWith(`${one}/`));
    if (above === undefined) continue;
    throw new AxonError(
      "SERVICEFILE_INVALID",
      `${target} of ${entry.name} would be hidden by its tmpfs ${above}`,
      { at: input.servicefile.locate(path), hint: "Choose another target, or another tmpfs." },
    );
  }
}

function resolveEntry(entry: ServiceEntry, scope: OwnScope): ServiceEntry {
  const bootstraps = Object.entries(entry.bootstrap).map(([name, bootstrap]) => [
    name,
    bootstrap && resolveBootstrap(bootstrap, scope),
  ]);
  return {
    ...entry,
    command: entry.command && resolveWords(entry.command, scope),
    entrypoint: entry.entrypoint && resolveWords(entry.entrypoint, scope),
    bootstrap: Object.fromEntries(bootstraps),
    init: entry.init && {
      ...entry.init,
      command: entry.init.command && resolveWords(entry.init.command, scope),
    },
    healthcheck: resolveHealthcheck(entry.healthcheck, scope),
  };
}

export function resolveBootstrap<T extends BootstrapEntry>(bootstrap: T, scope: OwnScope): T {
  const command = bootstrap.command && resolveWords(bootstrap.command, scope);
  return { ...bootstrap, command, env: resolveEnv(bootstrap.env, scope) };
}

function resolveHealthcheck(
  check: HealthcheckEntry | "none" | undefined,
  scope: OwnScope,
): HealthcheckEntry | "none" | undefined {
  if (check === undefined || check === "none" || check.test === undefined) return check;
  return { ...check, test: resolveWords(check.test, scope) };
}

function resolveEnv(env: EnvSection, scope: OwnScope): EnvSection {
  return mapTexts(env, (text) => text && resolveText(text, scope));
}

function mapTexts<T extends Text | null>(
  texts: Readonly<Record<string, T>>,
  change: (text: T) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
}
