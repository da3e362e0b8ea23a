import { connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import type { ZooKeeperAddress } from "../../src/kv/store-address.ts";
import { listening } from "./failure-of.ts";

/** Numbers of ZooKeeper's protocol. */
export const EXISTS = 3;
export const GET_DATA = 4;
export const GET_CHILDREN = 12;
export const MULTI = 14;

const READS = [EXISTS, GET_DATA, GET_CHILDREN];

interface Ambush {
  /** Requests of these kinds come one after the other, whatever is between them. */
  readonly operations: readonly number[];
  readonly act: () => unknown;
}

/** A way to a server that can be cut, where something can happen before a request gets through, and that can be behind. */
export interface Way {
  readonly address: ZooKeeperAddress;
  cut(): void;
  /** Once, before the next request of this kind gets through, or the last one of these. */
  beforeNext(operations: number | readonly number[], act: () => unknown): void;
  /** As by a server that does not know yet what others know: what was read is read as it was, until it has caught up. */
  fallBehind(): void;
}

export async function openWay(server: ZooKeeperAddress): Promise<Way> {
  const [to] = server.hosts;
  const sockets = new Set<Socket>();
  const memory = new Memory();
  let ambush: Ambush | undefined;
  const spring = async (operation: number) => {
    const [next, ...rest] = ambush?.operations ?? [];
    if (operation !== next) return;
    const found = ambush;
    ambush = found && rest.length > 0 ? { ...found, operations: rest } : undefined;
    if (ambush === undefined) await found?.act();
  };
  const near = await listening(
    createServer((socket) => {
      const far = connect(to ?? { port: 0 });
      for (const end of [socket, far]) sockets.add(end.on("error", () => undefined));
      eachFrame(socket, async (request) => {
        const operation = request.readInt32BE(8);
        await spring(operation);
        const known = memory.answerTo(request, operation);
        if (known) socket.write(known);
        else far.write(request);
      });
      eachFrame(far, async (answer) => {
        memory.learn(answer);
        socket.write(answer);
      });
      socket.on("close", () => far.end());
      far.on("close", () => socket.end());
    }),
  );
  return {
    address: { ...server, hosts: [near] },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    beforeNext: (operations, act) => {
      ambush = { operations: [operations].flat(), act };
      onTestFinished(() => expect(ambush).toBeUndefined());
    },
    fallBehind: () => {
      memory.isBehind = true;
    },
  };
}

/** One after the other, each with its length before it. */
function eachFrame(socket: Socket, take: (frame: Buffer) => Promise<void>): void {
  let rest = Buffer.alloc(0);
  let turn = Promise.resolve();
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      turn = turn.then(() => take(frame));
    }
  });
}

/** What reads were answered with last. Their numbers are at byte 4; what they ask for is behind. */
class Memory {
  isBehind = false;
  readonly #asked = new Map<number, string>();
  readonly #answers = new Map<string, Buffer>();

  answerTo(request: Buffer, operation: number): Buffer | undefined {
    // What is like a transaction is answered by a server that has done all before it.
    if (operation === MULTI) this.isBehind = false;
    if (!READS.includes(operation)) return undefined;
    const question = request.toString("hex", 8);
    const known = this.isBehind ? this.#answers.get(question) : undefined;
    if (known) {
      const answer = Buffer.from(known);
      request.copy(answer, 4, 4, 8);
      return answer;
    }
    this.#asked.set(request.readInt32BE(4), question);
    return undefined;
  }

  learn(answer: Buffer): void {
    const number = answer.readInt32BE(4);
    const question = this.#asked.get(number);
    if (question !== undefined) this.#answers.set(question, answer);
    this.#asked.delete(number);
  }
}
