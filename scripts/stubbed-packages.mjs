import { readFileSync } from "node:fs";

const UNUSED =
  /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2|tar-fs|@balena\/dockerignore)$/;

/**
 * For esbuild: what dockerode loads and Axon never uses is left out, so that an engine is opened in a quarter
 * of the time. gRPC, protobuf, tar-fs and dockerignore serve builds; ssh2 knows nothing of the user's ssh
 * configuration; readable-stream is a copy of Node's own streams. `debug` would print requests, with
 * passwords in them, for whoever has DEBUG set; docker-modem describes each one for it, printed or not.
 */
export const stubbedPackages = {
  name: "stubbed-packages",
  setup({ onResolve, onLoad }) {
    const namespace = "stubbed";
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({ contents: "module.exports = {};" }));
    onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "silent" }));
    onLoad({ filter: /./, namespace: "silent" }, () => ({
      contents: "module.exports = () => () => {};",
    }));
    onLoad({ filter: /docker-modem\/lib\/modem\.js$/ }, ({ path }) => ({
      contents: withoutDescription(readFileSync(path, "utf8")),
    }));
    onResolve({ filter: /^readable-stream$/ }, () => ({ path: "node:stream", external: true }));
  },
};

const DESCRIPTION = /debug\('Sending: %s', util\.inspect\(.*?\)\);/s;

function withoutDescription(modem) {
  if (!DESCRIPTION.test(modem)) throw new Error("docker-modem does not describe its requests");
  return modem.replace(DESCRIPTION, "");
}
