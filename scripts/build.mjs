import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

/**
 * dist/axon.js and chunks: the command, bundled so that what a command does not use is not read.
 * dist/lib: the library with its types, as plain modules.
 */
rmSync("dist", { recursive: true, force: true });

await build({
  entryPoints: { axon: "src/cli/main.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  // CommonJS dependencies ask for Node's own modules with require.
  banner: {
    js: 'import{createRequire as axonRequire}from"node:module";const require=axonRequire(import.meta.url);',
  },
  external: ["cpu-features", "*.node"],
  logLevel: "warning",
});
chmodSync("dist/axon.js", 0o755);

execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
