import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { parseTargets } from "../../../src/targets/parse-targets.ts";

const text = readFileSync(new URL("../../../docs/servicefile.md", import.meta.url), "utf8");

const { service, bootstrap, exec, domain, network, volume, attachment, deviceRequest } =
  schema.$defs;
const { init, healthcheck, update, logging, volumes } = service.properties;

/** Keys in the first column of the tables below a heading, or of the one whose first column is called so. */
function documented(heading: string, column?: string): string[] {
  const [, below = ""] = text.split(new RegExp(`^##+ ${heading}$`, "m"));
  const [part = ""] = below.split(/^##/m);
  const table = column === undefined ? part : part.split(`| ${column} |`)[1]?.split("\n\n")[0];
  const cells = [...(table ?? "").matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)];
  return cells.flatMap(([, cell = ""]) => [...cell.matchAll(/\w+/g)].map(([key]) => key));
}

test.each([
  ["Sections", schema.properties],
  ["Service keys", service.properties],
  ["Bootstrap", bootstrap.properties],
  ["Exec", exec.properties],
  ["init-region", init.properties],
  ["Health", healthcheck.properties],
  ["Update", update.properties],
  ["Around the command", logging.properties],
  ["Domains", domain.properties],
] as const)("%s: what is documented is what there is", (heading, properties) => {
  expect(documented(heading).toSorted()).toEqual(Object.keys(properties).toSorted());
});

test.each(Object.entries(service.properties))(
  "%s has the default that editors are told",
  (key, about) => {
    const row = new RegExp(`^\\| \`${key}\` \\| .* \\| ?(.*?) ?\\|$`, "m").exec(text);
    const told = /Default: (.*?)\.(?: |$)|(\S+) \(the default\)/.exec(about.description);
    expect(row?.[1]?.replaceAll("`", "")).toBe(told?.[1] ?? told?.[2] ?? "");
  },
);

test.each([
  ["Networks", "key of a network", network.properties],
  ["Networks", "key of a service's network", attachment.properties],
  ["GPUs", "key of a request", deviceRequest.properties],
  ["Volumes", "key of a volume", volume.properties],
  ["Volumes", "key of a mount", volumes.items.properties],
] as const)("%s: what is documented of a %s is what there is", (heading, column, properties) => {
  expect(documented(heading, column).toSorted()).toEqual(Object.keys(properties).toSorted());
});

const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, example = ""]) => example,
);

const others = { texts: { "common/base.yaml": "db: {}" }, overlays: [], shown: String };

test.each(examples)("an example of the documentation is understood", (example) => {
  const source = { file: "docs/servicefile.md", text: example };
  expect(() => parseServicefile(source, { others })).not.toThrow();
});

test("what is documented of targets is understood", () => {
  const [, example = ""] = /^```text\n(targets:[\s\S]*?)^```$/m.exec(text) ?? [];
  const targets = parseTargets({ file: "axon.yaml", text: example });
  expect(targets.map(({ name }) => name)).toEqual(["staging", "production"]);
});
