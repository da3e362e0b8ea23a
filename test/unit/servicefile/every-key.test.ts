import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };

/** The file that is deployed for real (test/integration/every-key.test.ts), and what newer engines have besides. */
const FILES = ["Servicefile", "newer"];

/** What is not in it. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "/properties/Run": "another spelling of Exec, which is there",
  "/$defs/service/properties/gpus": "needs a GPU",
  "/$defs/service/properties/deploy/properties/resources/properties/reservations/properties/devices":
    "needs a GPU",
  "/$defs/deviceRequest/properties/driver": "needs a GPU",
  "/$defs/deviceRequest/properties/count": "needs a GPU",
  "/$defs/deviceRequest/properties/device_ids": "needs a GPU",
  "/$defs/deviceRequest/properties/capabilities": "needs a GPU",
  "/$defs/deviceRequest/properties/options": "needs a GPU",
};

type Part = Readonly<Record<string, unknown>>;

interface Place {
  readonly part: Part;
  /** JSON pointer. */
  readonly at: string;
}

function isMap(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a reference leads to. */
function target({ part, at }: Place): Place {
  const ref = part.$ref;
  if (typeof ref !== "string") return { part, at };
  const pointer = ref.slice(1);
  const found = pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((one, name) => (isMap(one) ? one[name] : undefined), schema);
  return target({ part: isMap(found) ? found : {}, at: pointer });
}

function below({ part, at }: Place, name: string): Place | undefined {
  const child = part[name];
  return isMap(child) ? target({ part: child, at: `${at}/${name}` }) : undefined;
}

/** Pointers to all keys that the value uses. */
function used(value: unknown, place: Place): string[] {
  if (Array.isArray(value)) {
    const items = below(place, "items");
    return items ? value.flatMap((item) => used(item, items)) : [];
  }
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => usedKey(key, item, place));
}

function usedKey(key: string, item: unknown, place: Place): string[] {
  const known = below(place, "properties");
  if (known && isMap(known.part[key])) {
    const own = `${known.at}/${key}`;
    const inside = below(known, key);
    return [own, ...(inside ? used(item, inside) : [])];
  }
  const pattern = Object.keys((place.part.patternProperties as Part | undefined) ?? {}).find(
    (one) => new RegExp(one).test(key),
  );
  const patterns = below(place, "patternProperties");
  const rest =
    pattern && patterns ? below(patterns, pattern) : below(place, "additionalProperties");
  return rest ? used(item, rest) : [];
}

/** Pointers to all keys that the schema names, but for those that are only references to others. */
function known(part: unknown, at: string): string[] {
  if (!isMap(part)) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const isKey = at.endsWith("/properties") && !at.endsWith("/properties/properties");
    const inside = known(value, `${at}/${name}`);
    return isKey && isMap(value) ? [`${at}/${name}`, ...inside] : inside;
  });
}

test("the file with every key has every key of the schema, but for those that are named here", () => {
  const root = { part: schema, at: "" };
  const found = new Set(
    FILES.flatMap((name) => used(parse(readFileSync(`fixtures/every-key/${name}`, "utf8")), root)),
  );
  const missing = known(schema, "").filter((pointer) => !found.has(pointer));
  expect(missing.sort()).toEqual(Object.keys(LEFT_OUT).sort());
});
