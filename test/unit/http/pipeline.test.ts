import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { type PipelineAnswer, pipeline, type Read } from "../../../src/http/pipeline.ts";

const READS: readonly Read[] = ["GET /a", "GET /b", "GET /c"];

const sized = (text: string, status = "200 OK") =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

const chunked = (...texts: string[]) =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${[...texts, ""]
    .map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
    .join("")}`;

/** A HEAD is answered with the length of what a GET would bring, which does not come. */
const headed = (header: string) => `HTTP/1.1 200 OK\r\n${header}\r\nContent-Length: 999\r\n\r\n`;

interface Asked {
  readonly answers: readonly PipelineAnswer[];
  readonly request: string;
}

/** What comes of it when the other side has read everything, and then answers as it does. */
async function ask(
  answer: (socket: Socket) => void,
  { signal, reads = READS }: { signal?: AbortSignal; reads?: readonly Read[] } = {},
): Promise<Asked> {
  let request = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      request += chunk;
      if (request.split("\r\n\r\n").length > READS.length) answer(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const answers = await pipeline({
      connect: () => connect(port, "127.0.0.1"),
      host: "engine",
      headers: { Accept: "*/*" },
      reads,
      stallMilliseconds: 200,
      signal: signal ?? new AbortController().signal,
    });
    return { answers, request };
  } finally {
    server.close();
  }
}

test("everything is asked at once, and answered in order, however it is cut into pieces", async () => {
  const text = Buffer.from(sized('"ä"') + chunked('"', "ö", '"') + sized("gone", "404 Not Found"));
  const { answers, request } = await ask((socket) => {
    socket.setNoDelay();
    for (const byte of text) socket.write(Buffer.of(byte));
  });
  expect(answers).toMatchObject([
    { status: 200, text: '"ä"' },
    { status: 200, text: '"ö"' },
    { status: 404, text: "gone" },
  ]);
  expect(request).toBe(
    READS.map((read) => `${read} HTTP/1.1\r\nHost: engine\r\nAccept: */*\r\n\r\n`).join(""),
  );
});

test("what is asked with HEAD is answered by headers alone", async () => {
  const { answers } = await ask(
    (socket) => socket.write(sized("one") + headed("X-Stat: Link") + sized("three")),
    { reads: ["GET /a", "HEAD /b", "GET /c"] },
  );
  expect(answers.map(({ text }) => text)).toEqual(["one", "", "three"]);
  expect(answers[1]?.headers).toMatchObject({ "x-stat": "Link" });
});

test("what a connection answers before it is closed counts", async () => {
  const { answers } = await ask((socket) => socket.end(`${sized("one")}HTTP/1.1 200`));
  expect(answers).toMatchObject([{ status: 200, text: "one" }]);
});

test("what answers one request only, and then nothing, is given up", async () => {
  const { answers } = await ask((socket) => socket.write(sized("one")));
  expect(answers).toMatchObject([{ status: 200, text: "one" }]);
});

test("what does not speak HTTP answers nothing", async () => {
  expect((await ask((socket) => socket.write("SSH-2.0-OpenSSH\r\n\r\n"))).answers).toEqual([]);
  expect((await ask((socket) => socket.destroy())).answers).toEqual([]);
});

test("nobody there is no answer", async () => {
  const { signal } = new AbortController();
  const nobody = () => connect(1, "127.0.0.1");
  const request = { connect: nobody, host: "engine", reads: READS, stallMilliseconds: 200, signal };
  expect(await pipeline(request)).toEqual([]);
});

test("it ends with the signal's reason", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const asked = ask(() => controller.abort(reason), { signal: controller.signal });
  await expect(asked).rejects.toBe(reason);
  await expect(ask(() => {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
