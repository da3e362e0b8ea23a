import { describe, expect, test } from "vitest";
import { build } from "./build.ts";

const IMAGE = {
  init: { command: ["init-region"] },
  entrypoints: { api: { command: ["api"] }, worker: { command: ["worker"] } },
  bootstrap: {
    migrate: { command: ["migrate"], timeout: "30s" },
    warm: { command: ["warm"], entrypoint: "worker" },
  },
};
const descriptors = { nova: IMAGE, "nova:2": IMAGE };

describe("the one-shots of a model", () => {
  const tasksOf = (text: string) => build(text, { descriptors }).model.tasks;
  const idsOf = (text: string) => Object.keys(tasksOf(text));
  const two = "api: {image: nova}\nworker: {image: nova}\n";

  test("what an image declares runs once, and what it declares for an entrypoint runs there", () => {
    expect(idsOf(two)).toEqual(["api.migrate", "init.nova", "worker.warm"]);
  });

  test("two versions of an image have an init-region each", () => {
    expect(idsOf("api: {image: nova}\nworker: {image: nova:2}\n")).toEqual([
      "api.migrate",
      "init.nova",
      "init.nova-2",
      "worker.migrate",
      "worker.warm",
    ]);
  });

  test("null removes a bootstrap, and init: false the init-region of the only service", () => {
    const text = "api: {image: nova, init: false, bootstrap: {migrate: null}}\n";
    expect(idsOf(text)).toEqual([]);
  });

  test("what the file gives of a bootstrap goes over what the image declares, and the rest stays", () => {
    const text = "api: {image: nova, bootstrap: {migrate: {run: once}}}\n";
    expect(tasksOf(text)["api.migrate"]).toMatchObject({
      run: "once",
      timeout: 30,
      container: { command: ["migrate"] },
    });
  });

  test("a one-shot publishes nothing, is not restarted, and answers to no name", () => {
    const text = "api: {image: nova, ports: {http: 80}, publish: {80: http}}\n";
    expect(tasksOf(text)["api.migrate"]?.container).toMatchObject({
      publish: [],
      restart: { name: "no" },
      networks: [{ aliases: [] }],
    });
  });

  test("init-region runs as root, before every step, and is told where the store is", () => {
    expect(tasksOf(two)["init.nova"]).toMatchObject({
      step: 0,
      container: {
        user: "root",
        entrypoint: ["init-region"],
        command: [
          "--config-url",
          "http://consul:8500",
          "--customer-id",
          "default",
          "--region-id",
          "shop",
        ],
      },
    });
  });
});
