import { expect, test } from "vitest";
import { resolveImages } from "../../../src/cli/resolve-images.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { imageFacts, imageIdentity } from "../../helpers/build.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";

const MOVED = imageFacts("x", imageIdentity("x", "moved"));
const THERE = imageFacts("x");

async function resolved(text: string, pull = false, inRegistry = true) {
  const engine = new FakeEngine();
  engine.images.set("x", THERE);
  if (inRegistry) engine.registry.set("x", MOVED);
  const pulled: string[] = [];
  const { x } = await resolveImages(parseServicefile({ file: "Servicefile", text }), {
    engine,
    pull,
    signal: new AbortController().signal,
    onEvent: (event) => event.kind === "image.pulling" && pulled.push(event.reference),
  });
  return { id: x?.id, pulled };
}

test("an image that is there is pulled only where that is always to be done", async () => {
  const kept = { id: THERE.id, pulled: [] };
  expect(await resolved("a: {image: x}")).toEqual(kept);
  expect(await resolved("a: {image: x, pull_policy: never}")).toEqual(kept);
  const moved = { id: MOVED.id, pulled: ["x"] };
  expect(await resolved("a: {image: x, pull_policy: always}")).toEqual(moved);
});

test("with --pull it is pulled, but where it must never be", async () => {
  expect(await resolved("a: {image: x}", true)).toEqual({ id: MOVED.id, pulled: ["x"] });
  const never = await resolved("a: {image: x, pull_policy: never}", true);
  expect(never).toEqual({ id: THERE.id, pulled: [] });
});

test("one that only the engine has cannot be pulled, and the error says what keeps it", async () => {
  await expect(resolved("a: {image: x}", true, false)).rejects.toMatchObject({
    code: "IMAGE_UNAVAILABLE",
    hint: expect.stringContaining("pull_policy: never"),
  });
});
