import { describe, expect, test } from "vitest";
import { readDescriptor } from "../../../src/descriptor/read-descriptor.ts";
import { selectEntrypoint } from "../../../src/descriptor/select-entrypoint.ts";
import { AxonError } from "../../../src/errors.ts";
import { image } from "./build-image.ts";

const at = { file: "Servicefile", line: 3, column: 1 };

function select(names: readonly string[] | undefined, service: string, entrypointOf?: string) {
  const entrypoints = names?.map((name) => `${name}: {}`).join(", ");
  const label = { "io.axon.descriptor": `axon: 1\nentrypoints: {${entrypoints}}` };
  const descriptor = readDescriptor(image(names === undefined ? {} : label));
  return selectEntrypoint({ descriptor, image: "rock77/nova", service, entrypointOf, at })?.name;
}

function refused(...choice: Parameters<typeof select>): AxonError {
  try {
    select(...choice);
  } catch (error) {
    if (error instanceof AxonError) return error;
  }
  throw new Error("nothing was refused");
}

describe("the entrypoint of a service", () => {
  test("is the one that entrypoint_of names", () => {
    expect(select(["api", "scheduler"], "api", "scheduler")).toBe("scheduler");
  });

  test("is the only one, whatever its name", () => {
    expect(select(["api"], "nova")).toBe("api");
  });

  test("is the one named like the service, where there are several", () => {
    expect(select(["api", "scheduler"], "scheduler")).toBe("scheduler");
  });

  test.for([[undefined], [[]]])("is none where the image describes none: %j", ([names]) => {
    expect(select(names, "web")).toBeUndefined();
  });
});

describe("an entrypoint that is not there is refused", () => {
  test("with those that are, the one that was meant, and the place in the file", () => {
    const error = refused(["api", "scheduler"], "nova", "schduler");
    expect(error).toMatchObject({ code: "ENTRYPOINT_UNKNOWN", at });
    expect(error.message).toBe(
      'nova: rock77/nova has no entrypoint "schduler"; it has: api, scheduler',
    );
    expect(error.hint).toBe('did you mean "scheduler"?');
  });

  test("also where none was named and several fit", () => {
    const error = refused(["api", "scheduler"], "nova");
    expect(error.message).toContain("none is named nova; it has: api, scheduler");
    expect(error.hint).toContain("entrypoint_of");
  });

  test.for([[undefined], [[]]])("also where the image describes none: %j", ([names]) => {
    expect(refused(names, "nova", "api").message).toContain("it describes none");
  });

  test("also by a name that every object has", () => {
    expect(refused(["api", "web"], "constructor").code).toBe("ENTRYPOINT_UNKNOWN");
  });
});
