import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AxonError } from "../../../../src/errors.ts";
import { KvDesk, type Said } from "../../../helpers/kv-desk.ts";

const SITE = {
  "10": "ten",
  "9": "nine",
  "app/motd": "first line\nsecond line\n",
  "app/name": "Example",
  "app/size": " 4 ",
  "db/password": "opensesame",
  long: "abcdefghij ".repeat(20),
};

/** As a person would see it, with what was typed. */
async function screen(desk: KvDesk, steps: readonly [string, Parameters<KvDesk["kv"]>[1]?][]) {
  const parts: string[] = [];
  for (const [line, options] of steps) {
    const said: Said | Error = await desk.kv(line.split(" "), options).catch((error) => error);
    const text = said instanceof Error ? `${said.message}\n` : `${said.stderr}${said.stdout}`;
    parts.push(`$ axon kv ${line}\n${text}`);
  }
  // The host's name is as long as it likes.
  return parts
    .join("\n")
    .replaceAll(/ana@[^\s"]+ */g, "ana@here  ")
    .replaceAll(/WHO +/g, "WHO       ")
    .replaceAll(/ana@here +"/g, 'ana@here"')
    .replaceAll(/"version": "\d+"/g, '"version": "7"');
}

async function expectScreen(text: string, name: string) {
  await expect(text).toMatchFileSnapshot(`../../../../fixtures/kv/${name}.txt`);
}

test("the screens of a change read as a plan does", async () => {
  const desk = new KvDesk(SITE);
  const text = await screen(desk, [
    ["put app/name Axon"],
    ["put app/name Axon"],
    ["put app/motd -", { stdin: "first line\nanother line\n" }],
    ["put db/password other"],
    ["put app/pin 1234 --sensitive"],
    ["put app/pin 4711"],
    ["delete app/pin 9"],
    ["delete app/ --prefix", { answer: true }],
  ]);
  await expectScreen(text, "change");
});

test("the screens of what is there show no secret, and fit the terminal", async () => {
  const desk = new KvDesk(SITE);
  await desk.kv(["put", "app/name", "Axon"]);
  await desk.kv(["delete", "app/name"]);
  await desk.kv(["put", "app/name", "Axon 2"]);
  await desk.store.transact([{ kind: "put", key: desk.path("app/name"), value: "theirs" }]);
  const text = await screen(desk, [
    ["list", { columns: 80 }],
    ["list app/ --json"],
    ["list nothing"],
    ["list app/ --revision 2"],
    ["list db/ --show-sensitive", { columns: 80 }],
    ["get app/motd", { columns: 80 }],
    ["get app/name --revision 1"],
    ["get app/name --json"],
    ["get db/password --json"],
    ["get app/nam"],
    ["get app/name --revision 9"],
    ["history app/name"],
    ["history nothing"],
    ["history app/name --json"],
  ]);
  await expectScreen(text, "show");
});

test("the screens of a file of keys", async () => {
  const desk = new KvDesk(SITE);
  const file = (name: string) => readFileSync(`fixtures/kv/${name}`, "utf8");
  const stdin = file("import.yaml");
  const text = await screen(desk, [
    ["export"],
    ["export --format json --show-sensitive"],
    ["import - --dry-run", { stdin }],
    ["import -", { stdin }],
    ["import -", { stdin, answer: false }],
    ["import - --prune", { stdin, answer: true }],
    ["import - --prune", { stdin }],
  ]);
  await expectScreen(text, "file");
});

test("a value goes to a program byte for byte, and to a person without what moves the cursor", async () => {
  const desk = new KvDesk({ a: "no break", b: "\u001b[2J\r\n" });
  expect((await desk.kv(["get", "a"])).stdout).toBe("no break");
  expect((await desk.kv(["get", "b"])).stdout).toBe("\u001b[2J\r\n");
  expect((await desk.kv(["get", "a"], { columns: 80 })).stdout).toBe("no break\n");
  expect((await desk.kv(["get", "b"], { columns: 80 })).stdout).toBe("\uFFFD[2J\uFFFD\n");
  expect((await desk.kv(["list"], { columns: 80 })).stdout).not.toContain("\u001b");
});

test("what is not for showing is listed for a person at a terminal only", async () => {
  const desk = new KvDesk(SITE);
  const piped = desk.kv(["list", "--show-sensitive"]);
  await expect(piped).rejects.toMatchObject({ code: "USAGE", exitCode: 3 });
});

test("a history leaves out a revision that cannot be read, and fails when the store is away", async () => {
  const desk = new KvDesk();
  for (const value of ["one", "two", "three"]) await desk.kv(["put", "size", value]);
  const models = Object.keys(desk.store.entries()).filter((key) => key.includes("/revisions/2/"));
  await desk.store.transact(models.map((key) => ({ kind: "put", key, value: "damaged" })));
  const { exitCode, stdout } = await desk.kv(["history", "size"]);
  expect(exitCode).toBe(0);
  expect(stdout.match(/^\d+/gm)).toEqual(["3", "1"]);

  const [root] = models.map((key) => key.slice(0, key.lastIndexOf("/") + 1));
  desk.store.failOn.set(root ?? "", new AxonError("STORE_UNREACHABLE", "it is gone"));
  await expect(desk.kv(["history", "size"])).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
});
