const UNUSED =
  /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2|tar-fs|@balena\/dockerignore)$/;

/**
 * For esbuild: what dockerode loads and Axon never uses is left out, so that an engine is opened in a quarter
 * of the time. gRPC, protobuf, tar-fs and dockerignore serve builds; ssh2 knows nothing of the user's ssh
 * configuration; readable-stream is a copy of Node's own streams.
 */
export const stubbedPackages = {
  name: "stubbed-packages",
  setup({ onResolve, onLoad }) {
    const namespace = "stubbed";
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({ contents: "module.exports = {};" }));
    onResolve({ filter: /^readable-stream$/ }, () => ({ path: "node:stream", external: true }));
  },
};
