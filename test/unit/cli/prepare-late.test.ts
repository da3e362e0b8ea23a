import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import type { Prepared } from "../../../src/cli/prepare.ts";
import { preparedForLate } from "../../../src/cli/prepare-late.ts";
import type { Session } from "../../../src/cli/session.ts";
import { AxonError } from "../../../src/errors.ts";
import { pendingRoot } from "../../../src/routing/pending-key.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

interface Case {
  /** To the store, before it is looked at again. */
  readonly happens: (store: MemoryKvStore) => unknown;
  readonly known?: readonly string[];
  readonly isInterrupted?: boolean;
}

/** Without a session, so that nothing can be planned anew. */
async function lookAgain({ happens, known = [], isInterrupted = false }: Case) {
  const store = new MemoryKvStore();
  await happens(store);
  const prepared = { opened: { store }, plan: { deployment: "shop" } } as unknown as Prepared;
  const stop = new AbortController();
  if (isInterrupted) stop.abort();
  let stderr = "";
  const write = (text: string) => {
    stderr += text;
  };
  const context = { stderr: { write }, stop: stop.signal } as unknown as Context;
  const looked = { prepared, known: new Set(known) };
  const late = await preparedForLate({} as Session, looked, context).catch((problem: unknown) => ({
    problem,
  }));
  return { late, stderr };
}

const NOTE =
  "note: whether another deployment began to wait for this one meanwhile is left to the next deploy";

test("where nobody began to wait meanwhile there is nothing to plan", async () => {
  const key = `${pendingRoot("shop")}blog.example`;
  const happens = (store: MemoryKvStore) => store.transact([{ kind: "put", key, value: "{}" }]);
  expect(await lookAgain({ happens: () => {} })).toEqual({ late: undefined, stderr: "" });
  expect(await lookAgain({ happens, known: [key] })).toEqual({ late: undefined, stderr: "" });
});

test("a store that is away after a deploy that did everything is a note, and the deploy is done", async () => {
  const happens = (store: MemoryKvStore) => {
    store.failure = new AxonError("STORE_UNREACHABLE", "no store answers");
  };
  const stderr = `${NOTE}: no store answers\n`;
  expect(await lookAgain({ happens })).toEqual({ late: undefined, stderr });
});

test("an interruption then is a note as well; a defect of Axon stays one", async () => {
  const problem = new TypeError("undefined is not a function");
  const happens = (store: MemoryKvStore) => {
    store.failOn.set(pendingRoot("shop"), problem);
  };
  const stderr = `${NOTE}: interrupted\n`;
  expect(await lookAgain({ happens, isInterrupted: true })).toEqual({ late: undefined, stderr });
  expect(await lookAgain({ happens })).toEqual({ late: { problem }, stderr: "" });
});
