import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const folder = mkdtempSync(join(tmpdir(), "axon-package-"));

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, [...args], { cwd: folder, encoding: "utf8", stdio: "pipe" });
}

/** Packs what was built for this run; `prepack` would build it again under the other tests' feet. */
beforeAll(() => {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(execFileSync("npm", args, { encoding: "utf8", stdio: "pipe" }));
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}\n');
  run("npm", ["install", "--no-audit", "--no-fund", join(folder, packed.filename)]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the packed tarball installs, and its command runs", () => {
  expect(run("node_modules/.bin/axon", ["--version"])).toBe(`${manifest.version}\n`);
  expect(run("node_modules/.bin/axon", ["plan", "--help"])).toContain("Example:");
});

test("the installed command validates a Servicefile", () => {
  writeFileSync(join(folder, "Servicefile"), "Deployment: shop\nredis: {image: redis:7}\n");
  expect(run("node_modules/.bin/axon", ["validate"])).toBe(
    "Servicefile is valid: deployment shop, 1 service.\n",
  );
});

test("stores that few use are no part of what each start reads, and are there when they are named", () => {
  const dist = join(folder, "node_modules/axon-deploy/dist");
  const launcher = readFileSync(join(dist, "axon.js"), "utf8");
  const program = readFileSync(join(dist, /program-\w+\.cjs/.exec(launcher)?.[0] ?? ""), "utf8");
  for (const [kind, word] of [
    ["etcd", "etcdserverpb"],
    ["zookeeper", "is not ZooKeeper"],
  ]) {
    expect(program).not.toContain(word);
    expect(failureOf(["history", "-D", "shop", "--kv", `${kind}://127.0.0.1:1`])).toContain(
      `error STORE_UNREACHABLE: store ${kind}://127.0.0.1:1 does not answer: connection refused`,
    );
  }
});

function failureOf(args: readonly string[]): string {
  const command = join(folder, "node_modules/.bin/axon");
  const { status, stderr } = spawnSync(command, [...args], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(1);
  return stderr;
}

const RUN = `\
import { AxonError, ERROR_SPECS, loadServicefile } from "axon-deploy";

const servicefile = loadServicefile({ file: "Servicefile", text: "redis: {image: redis:7}" });
const { exitCode } = ERROR_SPECS.REQUIRE_CYCLE;
console.log(Object.keys(servicefile.services).join(","), exitCode, new AxonError("USAGE", "x").exitCode);
`;

test("the library can be imported from the installed package, and runs", () => {
  writeFileSync(join(folder, "run.js"), RUN);
  expect(run("node", ["run.js"])).toBe("redis 3 3\n");
});

const CONSUMER = `\
import { type Live, loadServicefile, type Model, type Plan, planDeployment } from "axon-deploy";

const servicefile = loadServicefile({ file: "Servicefile", text: "redis: {image: redis:7}" });
export const names: readonly string[] = Object.keys(servicefile.services);
export const plan = (model: Model, live: Live): Plan =>
  planDeployment(model, live, { digest: (text) => text });
// @ts-expect-error: a plan is no string
export const wrong = (model: Model, live: Live): string => plan(model, live);
`;

test("the library's types satisfy a strict consumer", () => {
  writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  const flags =
    "--noEmit --strict --module nodenext --target es2022 --lib es2023,dom,esnext.disposable";
  const check = () =>
    run(resolve("node_modules/.bin/tsc"), [...flags.split(" "), "--types", "", "consumer.ts"]);
  expect(check).not.toThrow();
});

test("the package's shape has no fault that publint knows", async () => {
  const { messages, pkg } = await publint({ pkgDir: ".", strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("the package brings its schemas, its licence and its readme, and no sources of tests", () => {
  const args = ["pack", "--ignore-scripts", "--dry-run", "--json"];
  const [packed] = JSON.parse(execFileSync("npm", args, { encoding: "utf8", stdio: "pipe" }));
  const files: string[] = packed.files.map(({ path }: { path: string }) => path);
  const wanted = [
    "schema/servicefile.schema.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "dist/axon.js",
    manifest.types.replace("./", ""),
  ];
  expect(wanted.filter((path) => !files.includes(path))).toEqual([]);
  expect(files.filter((path) => /^(test|src|bench|fixtures)\//.test(path))).toEqual([]);
});
