import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { type LoadOptions, loadServicefile } from "../../../src/cli/load-servicefile.ts";
import { readInputs } from "../../../src/cli/read-inputs.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";

/** Only what reading needs. */
function contextOf(files: Readonly<Record<string, string>>, env: Context["env"] = {}): Context {
  const readFile = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
    return text;
  };
  return { cwd: "/home/me", env, readFile } as unknown as Context;
}

const FILE = "web: {image: 'web:${TAG:-none}', env: {AT: '${axon.deployment}'}}";

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Context["env"];
  readonly options?: LoadOptions;
}

const DOT_ENV = { "/home/me/shop/.env": "TAG=dot" };
const ENV_FILES = { "/home/me/a": "TAG=a", "/home/me/b": "TAG=b" };
const envFiles = ["a", "b"];

test.each<[from: string, tag: string, of: Given]>([
  ["nothing", "none", {}],
  [".env beside the Servicefile", "dot", { files: DOT_ENV }],
  ["the environment", "env", { files: DOT_ENV, env: { TAG: "env" } }],
  ["--env-file", "b", { files: ENV_FILES, env: { TAG: "env" }, options: { envFiles } }],
  ["--set", "set", { files: ENV_FILES, options: { envFiles, set: { TAG: "set" } } }],
])("a variable comes from %s", async (_, tag, { files, env, options }) => {
  const context = contextOf({ "/home/me/shop/Servicefile": FILE, ...files }, env);
  const { services } = await loadServicefile("shop/Servicefile", context, options);
  expect(services.web).toMatchObject({ image: `web:${tag}`, env: { AT: "shop" } });
});

test("-D wins over what the file and its directory say", async () => {
  const context = contextOf({ "/home/me/Servicefile": `Deployment: file\n${FILE}` });
  const at = async (deployment?: string) => {
    const { services } = await loadServicefile("Servicefile", context, { deployment });
    return services.web?.env.AT;
  };
  expect([await at(), await at("flag")]).toEqual(["file", "flag"]);
});

test("an .env that cannot be understood is an error without its text", async () => {
  const files = { "/home/me/Servicefile": FILE, "/home/me/.env": "A=1\nhunter2\n" };
  const error = await loadServicefile("Servicefile", contextOf(files)).catch((caught) => caught);
  expect(error).toBeInstanceOf(AxonError);
  expect(error.message).toMatch(/^\.env:2 /);
  expect(error.message).not.toContain("hunter2");
});

const NEEDS = `
Files: {conf: {file: conf/a}}
Secrets: {db: {env: DB}}
web: {image: web, env_file: a.env, files: {/a: conf}, secrets: [db]}
`;

test("files are read relative to the Servicefile, and variables from the environment", async () => {
  const files = { "/home/me/shop/conf/a": "1", "/home/me/shop/a.env": "2" };
  const context = contextOf({ ...files, "/home/me/shop/Servicefile": NEEDS }, { DB: "3", X: "4" });
  const servicefile = await loadServicefile("shop/Servicefile", context);
  expect(await readInputs(servicefile, context)).toEqual({
    files: { "conf/a": "1", "a.env": "2" },
    env: { DB: "3" },
    directory: "/home/me/shop",
  });
});

test("all files that are missing are told at once, each at its place", async () => {
  const context = contextOf({ "/home/me/shop/Servicefile": NEEDS });
  const servicefile = await loadServicefile("shop/Servicefile", context);
  const error = await readInputs(servicefile, context).catch((caught) => caught);
  expect(error).toBeInstanceOf(AxonErrors);
  expect(error.errors).toMatchObject([
    { code: "FILE_UNREADABLE", message: "shop/conf/a is not there", at: { line: 2 } },
    { code: "FILE_UNREADABLE", message: "shop/a.env is not there", at: { line: 4 } },
  ]);
});
