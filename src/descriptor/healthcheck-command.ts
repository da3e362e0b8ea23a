export interface Probe {
  readonly http?: { readonly path: string } | undefined;
  readonly tcp?: boolean | undefined;
}

// 127.0.0.1, because localhost may be ::1, where a server that listens on IPv4 only does not answer.
const HOST = "127.0.0.1";

/** Does nothing in a shell. By it two probes of one address are known to be the same, however they are written. */
const PROBE_MARK = ": axon-probe ";

const NODE_HTTP =
  'require("http").get(process.argv[1],r=>process.exit(r.statusCode<400?0:1)).on("error",()=>process.exit(1))';

const NODE_TCP =
  'require("net").connect(+process.argv[1],process.argv[2]).on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))';

/**
 * A Docker health check that probes a port from inside the container with whatever program the image has.
 * Where it has none of them the check fails and says so. A probe of neither kind is one of TCP.
 */
export function healthcheckCommand({ http }: Probe, port: number): readonly string[] {
  const url =
    http === undefined ? `tcp://${HOST}:${port}` : `http://${HOST}:${port}${urlPath(http.path)}`;
  const script = http === undefined ? tcpScript(port) : httpScript(url);
  return ["CMD-SHELL", `${PROBE_MARK}${quoted(url)}; ${script}`];
}

function httpScript(url: string): string {
  return anyOf("an http health check needs wget, curl or node in the image", [
    ["wget", `wget -q -O /dev/null ${quoted(url)}`],
    ["curl", `curl -gfsS -o /dev/null ${quoted(url)}`],
    ["node", `node -e ${quoted(NODE_HTTP)} ${quoted(url)}`],
  ]);
}

// Some builds of busybox know no -z, but run a program once they are connected.
function tcpScript(port: number): string {
  const nc = `nc -z ${HOST} ${port} || nc ${HOST} ${port} -e true`;
  return anyOf("a tcp health check needs nc, bash or node in the image", [
    ["nc", `{ ${nc}; } 2>/dev/null`],
    ["bash", `bash -c ${quoted(`exec 3<>/dev/tcp/${HOST}/${port}`)} 2>/dev/null`],
    ["node", `node -e ${quoted(NODE_TCP)} ${port} ${HOST}`],
  ]);
}

/** That one program fails may be its own fault, so the next one is asked too. */
function anyOf(otherwise: string, programs: readonly (readonly [string, string])[]): string {
  const tries = programs.map(
    ([name, command]) =>
      `if command -v ${name} >/dev/null 2>&1; then found=1; ${command} && exit 0; fi; `,
  );
  return `found=; ${tries.join("")}[ -n "$found" ] || echo ${quoted(otherwise)} >&2; exit 1`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What a request line cannot hold is percent-encoded; what is encoded already stays. */
function urlPath(path: string): string {
  const encoded = path.replaceAll(/[^\x21-\x7e]+/g, percentEncoded);
  return encoded.startsWith("/") ? encoded : `/${encoded}`;
}

function percentEncoded(text: string): string {
  return Array.from(
    new TextEncoder().encode(text),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
