import type { Duplex } from "node:stream";
import { HTTPParser, type HTTPParserJS } from "http-parser-js";

export interface PipelineRequest {
  readonly connect: () => Duplex;
  /** The `Host` header. */
  readonly host: string;
  readonly paths: readonly string[];
  /** For how long nothing may come before it is given up. */
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal;
}

export interface PipelineAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * GET of each path over one connection, all sent before the first answer comes (RFC 9112, 9.3.2). Answers in the
 * order of the paths, as far as they came; whatever goes wrong only leaves fewer of them. Rejects with the
 * signal's reason.
 */
export function pipeline(request: PipelineRequest): Promise<readonly PipelineAnswer[]> {
  const { connect, signal, paths, stallMilliseconds } = request;
  return new Promise((resolve, reject) => {
    const answers: PipelineAnswer[] = [];
    const connection = connect();
    const parser = parserOf((answer) => answers.push(answer));
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
      if (isBroken || answers.length >= paths.length) end();
      else wait();
    });
    wait();
    connection.write(textOf(request));
    if (signal.aborted) end();
  });
}

function textOf({ host, paths }: PipelineRequest): string {
  return paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join("");
}

function parserOf(onAnswer: (answer: PipelineAnswer) => void): HTTPParserJS {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  let status = 0;
  let body: Buffer[] = [];
  parser[HTTPParser.kOnHeadersComplete] = ({ statusCode }) => {
    status = statusCode;
    body = [];
  };
  parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
    body.push(chunk.subarray(offset, offset + length));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    onAnswer({ status, text: Buffer.concat(body).toString("utf8") });
  };
  return parser;
}
