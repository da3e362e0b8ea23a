import { AxonError, type ErrorCode } from "../../errors.ts";

/** What the engine answered instead of what was asked for. */
export class DockerRefusal extends Error {
  override readonly name = "DockerRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class NotAnEngine extends Error {
  override readonly name = "NotAnEngine";

  constructor(options?: ErrorOptions) {
    super("what answers there is not a Docker engine", options);
  }
}

/** What was tried, for the message: `start container 3f2a`. */
export interface Attempt {
  readonly doing: string;
  /** Of the engine, for readers. */
  readonly address: string;
}

/** Turns whatever a call to the engine ended with into an AxonError. */
export function fromDockerError(error: unknown, attempt: Attempt): AxonError {
  if (error instanceof AxonError) return error;
  if (error instanceof DockerRefusal) return fromRefusal(error, attempt);
  return fromConnectionError(error, attempt);
}

export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const refusal = error instanceof AxonError ? error.cause : error;
  return refusal instanceof DockerRefusal && statuses.includes(refusal.status);
}

const REFUSALS: readonly { readonly text: RegExp; readonly code: ErrorCode }[] = [
  { text: /port is already allocated|address already in use/i, code: "PORT_TAKEN" },
  { text: /name .* is already in use|network with name .* already exists/i, code: "NAME_TAKEN" },
  // While two networks of one name are there, made at the same moment.
  { text: /is ambiguous \(\d+ matches/i, code: "NAME_TAKEN" },
  { text: /no such image/i, code: "IMAGE_UNAVAILABLE" },
];

function fromRefusal(refusal: DockerRefusal, { doing }: Attempt): AxonError {
  const code = REFUSALS.find(({ text }) => text.test(refusal.message))?.code ?? "ENGINE_REFUSED";
  return new AxonError(code, `cannot ${doing}: ${reasonOf(refusal)}`, {
    hint: HINTS[code],
    cause: refusal,
  });
}

/** Docker tells about a taken port with the whole story of its network. */
const TAKEN_PORT =
  /(?:Bind for|listen \w+|host port for) (\S+:\d+)(?::\S*)?:? (?:failed|bind)|address already in use/;

function reasonOf({ message }: DockerRefusal): string {
  const taken = TAKEN_PORT.exec(message)?.[1];
  return taken ? `host port ${taken} is taken` : asClause(message);
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  PORT_TAKEN: "publish another host port, or stop what holds this one",
  NAME_TAKEN: "remove or rename what holds the name, or choose another name for the deployment",
};

/** As Axon writes messages: no capital, no full stop, one line. */
function asClause(text: string): string {
  const line = text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}

function fromConnectionError(error: unknown, { address }: Attempt): AxonError {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM") {
    return new AxonError("ENGINE_DENIED", `no permission to use the engine at ${address}`, {
      hint: "add your user to the group that owns the socket (docker), or run with enough rights",
      cause: error,
    });
  }
  if (/^Permission denied|publickey|host key verification/im.test(message)) {
    return new AxonError("ENGINE_DENIED", `no access to ${address}: ${asClause(message)}`, {
      hint: "make sure that `ssh` reaches this host without asking",
      cause: error,
    });
  }
  return unreachable(error, address);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOENT: "there is no such socket",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name cannot be looked up",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "there is no way to the host",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  EPROTO: "it does not speak TLS as expected",
};

function unreachable(error: unknown, address: string): AxonError {
  const { code = "", message = String(error), syscall } = error as NodeJS.ErrnoException;
  const isNoSsh = code === "ENOENT" && syscall?.startsWith("spawn");
  const isTls = /CERT|TLS|SSL|SIGNED|ISSUER|EPROTO/.test(code);
  const reason = isNoSsh ? "there is no ssh command here" : (REASONS[code] ?? asClause(message));
  return new AxonError("ENGINE_UNREACHABLE", `no engine answers at ${address}: ${reason}`, {
    hint: isTls
      ? "check DOCKER_TLS_VERIFY and the certificates in DOCKER_CERT_PATH"
      : "start the engine, or name another with --docker or DOCKER_HOST",
    cause: error,
  });
}
