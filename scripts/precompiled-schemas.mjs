import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * Puts what ajv makes of the schemas in the place of ajv: compiling them would cost each run of the
 * command more than everything else that it does before it asks the engine.
 */
export const precompiledSchemas = {
  name: "precompiled-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]compile-schema\.ts$/ }, async ({ path }) => {
      const { createAjv, REFERENCES } = await evaluate(path);
      const ajv = createAjv({ source: true, esm: true, lines: false });
      const names = Object.keys(REFERENCES).join(", ");
      const contents = `${standaloneCode.default(ajv, REFERENCES)}
export const compileSchemas = () => ({ ${names} });`;
      return { contents, loader: "js" };
    });
  },
};

/** What schemas say to readers and editors would only be loaded by each run. */
const withoutAnnotations = {
  name: "without-annotations",
  setup({ onLoad }) {
    onLoad({ filter: /\.schema\.json$/ }, ({ path }) => ({
      contents: JSON.stringify(JSON.parse(readFileSync(path, "utf8")), isNeeded),
      loader: "json",
    }));
  },
};

/** A property may be called `title`, too; its value is a schema. */
function isNeeded(key, value) {
  const isText = (key === "title" || key === "description") && typeof value === "string";
  return isText || (key === "examples" && Array.isArray(value)) ? undefined : value;
}

async function evaluate(path) {
  const plugins = [withoutAnnotations];
  const options = { bundle: true, write: false, format: "cjs", packages: "external", plugins };
  const { outputFiles } = await build({ ...options, entryPoints: [path], platform: "node" });
  const module = { exports: {} };
  new Function("module", "exports", "require", outputFiles[0].text)(
    module,
    module.exports,
    require,
  );
  return module.exports;
}
