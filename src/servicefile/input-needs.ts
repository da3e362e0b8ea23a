import { recordOf } from "./canonical/record-of.ts";
import type { DomainEntry, FileNeed, InputNeeds, PlacedEntry, Servicefile } from "./servicefile.ts";

type Content = Pick<Servicefile, "domains" | "files" | "secrets" | "services">;

/** Every file and variable that the sections and the services name, each once. */
export function inputNeeds({ domains, files, secrets, services }: Content): InputNeeds {
  const named: FileNeed[] = [
    ...needsOf("Files", files),
    ...needsOf("Secrets", secrets),
    ...Object.values(services).flatMap(({ envFiles }) => envFiles),
    ...Object.values(domains).flatMap(certificateFiles),
  ];
  const byFile = recordOf(named.toReversed().map((need) => [need.file, need]));
  const variables = Object.values(secrets).flatMap((source) =>
    source.kind === "env" ? [source.variable] : [],
  );
  return {
    files: Object.values(byFile).sort((a, b) => (a.file < b.file ? -1 : 1)),
    env: [...new Set(variables)].sort(),
  };
}

type Sources = Servicefile["files"] | Servicefile["secrets"];

function needsOf(section: PlacedEntry["section"], sources: Sources): readonly FileNeed[] {
  return Object.entries(sources).flatMap(([name, source]) =>
    source.kind === "file" ? [{ file: source.file, path: [section, name, "file"] }] : [],
  );
}

function certificateFiles({ tls }: DomainEntry): readonly FileNeed[] {
  if (tls?.kind !== "certificate") return [];
  return [tls.cert, tls.key].flatMap((source) => (source.kind === "file" ? [source] : []));
}
