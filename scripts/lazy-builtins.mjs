import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const SELDOM_USED =
  /^(?:node:)?(crypto|tls|https|zlib|child_process|dgram|readline\/promises|os|perf_hooks|fs\/promises)$/;

/** For esbuild: modules of Node that few runs need are loaded when one of their functions is. */
export const lazyBuiltins = {
  name: "lazy-builtins",
  setup({ onResolve, onLoad }) {
    const namespace = "lazy-builtin";
    onResolve({ filter: SELDOM_USED }, ({ path, namespace: from }) =>
      from === namespace ? { path, external: true } : { path, namespace },
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: exportsOf(path) }));
  },
};

/** docker-modem inherits from `https` and puts a function of its own over one of them. */
function exportsOf(path) {
  const names = Object.keys(require(path)).filter((name) => name !== "default");
  const load = `require(${JSON.stringify(path)})`;
  const accessors = names.map(
    (name) =>
      `get ${name}() { return ${load}.${name}; }, set ${name}(value) { put(this, "${name}", value); }`,
  );
  return `
const put = (target, name, value) => Object.defineProperty(target, name, { value, writable: true });
module.exports = { ${accessors.join(", ")} };`;
}
