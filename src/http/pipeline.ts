import type { Duplex } from "node:stream";
import { HTTPParser, type HTTPParserJS } from "http-parser-js";

/** `GET /version`: method and path with its query in one. Nothing changes by it. */
export type Read = `${"GET" | "HEAD"} /${string}`;

export interface PipelineRequest {
  readonly connect: () => Duplex;
  /** The `Host` header. */
  readonly host: string;
  /** More headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly reads: readonly Read[];
  /** For how long nothing may come before it is given up. */
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal;
}

export interface PipelineAnswer {
  readonly status: number;
  /** Their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * All reads over one connection, sent before the first answer comes (RFC 9112, 9.3.2). Answers in the
 * order of the reads, as far as they came; whatever goes wrong only leaves fewer of them. Rejects with the
 * signal's reason.
 */
export function pipeline(request: PipelineRequest): Promise<readonly PipelineAnswer[]> {
  const { connect, signal, reads, stallMilliseconds } = request;
  return new Promise((resolve, reject) => {
    const answers: PipelineAnswer[] = [];
    const connection = connect();
    const parser = parserOf(request, answers);
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      connection.destroy();
      if (signal.aborted) reject(signal.reason);
      else resolve(answers);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(end, stallMilliseconds);
    };
    signal.addEventListener("abort", end, { once: true });
    connection.on("error", end);
    connection.on("close", end);
    connection.on("data", (chunk: Buffer) => {
      const isBroken = parser.execute(chunk) instanceof Error;
      if (isBroken || answers.length >= reads.length) end();
      else wait();
    });
    wait();
    connection.write(textOf(request));
    if (signal.aborted) end();
  });
}

function textOf({ host, headers = {}, reads }: PipelineRequest): string {
  const all = Object.entries({ Host: host, ...headers });
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return reads.map((read) => `${read} HTTP/1.1\r\n${head}\r\n`).join("");
}

/** What the parser takes for "no body follows, whatever the headers say". */
const WITHOUT_BODY = 1;

function parserOf({ reads }: PipelineRequest, answers: PipelineAnswer[]): HTTPParserJS {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  let status = 0;
  let headers: Record<string, string> = {};
  let body: Buffer[] = [];
  parser[HTTPParser.kOnHeadersComplete] = (info) => {
    status = info.statusCode;
    headers = toRecord(info.headers);
    body = [];
    return reads[answers.length]?.startsWith("HEAD ") ? WITHOUT_BODY : undefined;
  };
  parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
    body.push(chunk.subarray(offset, offset + length));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    answers.push({ status, headers, text: Buffer.concat(body).toString("utf8") });
  };
  return parser;
}

/** The parser tells names and values in turns. */
function toRecord(told: readonly string[]): Record<string, string> {
  const names = told.filter((_, at) => at % 2 === 0);
  return Object.fromEntries(names.map((name, at) => [name.toLowerCase(), told[at * 2 + 1] ?? ""]));
}
