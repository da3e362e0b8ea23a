import { expect, test } from "vitest";
import { configAsJson } from "../../../src/servicefile/config/config-as-json.ts";
import { configAsYaml } from "../../../src/servicefile/config/config-as-yaml.ts";
import { resolveConfig } from "../../../src/servicefile/config/resolve-config.ts";
import { variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const FILE = `\
Includes: [conf/base.yaml]
Vars: {TAG: "2"}
x-all: &all {restart: always}
web:
  <<: *all
  image: web:\${TAG}
  environment: {SIZE: "1.10", API_TOKEN: confidential, LIMIT: 5}
  command: serve \${port.http} $\${HOME}
  ports: {http: 80}
`;
const BASE = `\
Files: {conf: {file: ./web.conf}}
db: {image: "\${DB}", env_file: [db.env]}
`;

const source = { file: "Servicefile", text: FILE };
const options = {
  variables: variablesFrom([{ source: "--set", values: { DB: "db:9" } }]),
  others: {
    texts: { "conf/base.yaml": BASE, over: "web: {scale: 2}\n" },
    overlays: ["over"],
    shown: String,
  },
  scale: { db: { count: 3, at: { file: "axon.yaml", line: 4, column: 1 } } },
  deploymentName: () => ({ name: "shop-staging", origin: "-D" }),
};

test("everything is put in, in one spelling, and secrets are not shown", () => {
  expect(configAsYaml(resolveConfig(source, options), false)).toBe(`\
Deployment: shop-staging
Files:
  conf:
    file: conf/web.conf
web:
  image: web:2
  env:
    SIZE: "1.10"
    API_TOKEN: (sensitive)
    LIMIT: 5
  cmd: serve \${port.http} $\${HOME}
  ports:
    http: 80
  restart: always
  scale: 2
db:
  image: db:9
  env_file:
    - conf/db.env
  scale: 3
`);
});

test("each value is told with the file, the line, and the variables that it came from", () => {
  const lines = configAsYaml(resolveConfig(source, options), true).split("\n");
  expect(lines).toContain("Deployment: shop-staging # -D");
  expect(lines).toContain("  image: web:2 # Servicefile:6, TAG from Vars");
  expect(lines).toContain("  image: db:9 # conf/base.yaml:2, DB from --set");
  expect(lines).toContain("    - conf/db.env # conf/base.yaml:2");
  expect(lines).toContain("  scale: 2 # over:1");
  expect(lines).toContain("  scale: 3 # axon.yaml:4");
});

test("as JSON, with and without origins", () => {
  const tree = resolveConfig(source, options);
  expect(configAsJson(tree, false)).toMatchObject({ web: { ports: { http: 80 } } });
  expect(configAsJson(tree, true)).toMatchObject({
    db: { scale: { value: 3, origin: "axon.yaml:4" } },
  });
});

test("what is shown is a Servicefile that means the same", () => {
  const { text, locate, references, file, ...meant } = parseServicefile(source, options);
  const shown = configAsYaml(resolveConfig(source, options), false);
  const again = parseServicefile({ file: "again", text: shown });
  expect(again.services.db).toEqual(meant.services.db);
  expect(again.files).toEqual(meant.files);
  expect(again.services.web).toMatchObject({
    image: "web:2",
    command: meant.services.web?.command,
    scale: 2,
    ports: { http: 80 },
  });
});
