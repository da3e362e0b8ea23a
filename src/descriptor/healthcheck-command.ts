export interface Probe {
  readonly http?: { readonly path: string } | undefined;
  readonly tcp?: boolean | undefined;
}

// 127.0.0.1, because localhost may be ::1, where a server that listens on IPv4 only does not answer.
const HOST = "127.0.0.1";

const NODE_HTTP =
  'require("http").get(process.argv[1],r=>process.exit(r.statusCode<400?0:1)).on("error",()=>process.exit(1))';

const NODE_TCP =
  'require("net").connect(+process.argv[1],process.argv[2]).on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))';

/**
 * A Docker health check that probes a port from inside the container with whatever program the image has.
 * Where it has none of them the check fails and says so. A probe of neither kind is one of TCP.
 */
export function healthcheckCommand({ http }: Probe, port: number): readonly string[] {
  const script =
    http === undefined
      ? tcpScript(port)
      : httpScript(`http://${HOST}:${port}${urlPath(http.path)}`);
  return ["CMD-SHELL", script];
}

function httpScript(url: string): string {
  return anyOf(
    [
      ["wget", `wget -q -O /dev/null ${quoted(url)}`],
      ["curl", `curl -fsS -o /dev/null ${quoted(url)}`],
      ["node", `node -e ${quoted(NODE_HTTP)} ${quoted(url)}`],
    ],
    "an http health check needs wget, curl or node in the image",
  );
}

function tcpScript(port: number): string {
  return anyOf(
    [
      ["nc", `nc -z ${HOST} ${port}`],
      ["bash", `bash -c ${quoted(`exec 3<>/dev/tcp/${HOST}/${port}`)}`],
      ["node", `node -e ${quoted(NODE_TCP)} ${port} ${HOST}`],
    ],
    "a tcp health check needs nc, bash or node in the image",
  );
}

/** A program that fails is no proof: some builds of nc and wget lack an option. The next one is asked too. */
function anyOf(programs: readonly (readonly [string, string])[], otherwise: string): string {
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
