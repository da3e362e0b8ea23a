import fc from "fast-check";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };

/** The part of JSON Schema that the schema is written in. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

const definitions: Readonly<Record<string, Schema>> = schema.$defs as never;
const MOST_LEVELS = 6;

const word = fc.constantFrom(
  ..."web db a A http tcp 80 8080:80 80/udp 127.0.0.1:0 [::1]:1:2 / /a a:b a=b ./a ../a ~".split(
    " ",
  ),
  ..."1s 0 -1 1.5 512m 1e400 99999999999999999999 true null started web.migrate assign".split(" "),
  ..."${A:-b} ${axon.service} ${generate.G} ${secret.s} ${store.k} ${service.web.port} ${port.http}".split(
    " ",
  ),
  ..."__proto__ constructor toString hasOwnProperty é 例 \u0000 \ud800 SIGTERM host none".split(
    " ",
  ),
  "",
  "a, b",
);

const anything = fc.oneof(
  word,
  fc.constantFrom(null, true, false, [], {}, [null], [[]], { a: null }),
  fc.integer(),
  fc.double(),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(word, word, { maxKeys: 3 }),
);

/** A file as the schema has it, in which anything may stand anywhere once in a while. */
export const aroundTheSchema: fc.Arbitrary<unknown> = arbitraryOf(schema as never, 0);

function arbitraryOf(given: Schema, level: number): fc.Arbitrary<unknown> {
  if (level > MOST_LEVELS) return anything;
  const { examples = [] } = given;
  const fitting = fitsOf(resolved(given), level);
  return fc.oneof(
    { weight: 16, arbitrary: fc.oneof(...fitting) },
    { weight: 1, arbitrary: anything },
    ...(examples.length > 0 ? [{ weight: 16, arbitrary: fc.constantFrom(...examples) }] : []),
  );
}

function resolved(given: Schema): Schema {
  const name = given.$ref?.split("/").at(-1);
  return name === undefined ? given : { ...definitions[name], ...given };
}

function fitsOf(given: Schema, level: number): readonly fc.Arbitrary<unknown>[] {
  const branches = [...(given.anyOf ?? []), ...(given.oneOf ?? [])];
  const types = [given.type ?? []].flat();
  const fits = [
    ...branches.map((branch) =>
      arbitraryOf({ ...given, anyOf: [], oneOf: [], ...branch }, level + 1),
    ),
    ...(given.enum === undefined ? [] : [fc.constantFrom(...given.enum)]),
    ...types.map((type) => ofType(type, given, level)),
  ];
  return fits.length === 0 ? [anything] : fits;
}

function ofType(type: string, given: Schema, level: number): fc.Arbitrary<unknown> {
  if (type === "object") return mapOf(given, level);
  if (type === "array") {
    const item = given.items ? arbitraryOf(given.items, level + 1) : anything;
    return fc.array(item, { maxLength: 3 });
  }
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "string") return word;
  return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer(), fc.double());
}

function mapOf(given: Schema, level: number): fc.Arbitrary<unknown> {
  const { properties = {}, additionalProperties, patternProperties = {} } = given;
  const known = Object.entries(properties).map(([key, value]) =>
    fc.tuple(fc.constant(key), lazily(value, level)),
  );
  const others = [...Object.values(patternProperties), additionalProperties]
    .filter((other) => typeof other === "object")
    .map((other) => fc.tuple(word, lazily(other, level)));
  const fitting = [...known, ...others];
  const odd = { weight: 1, arbitrary: fc.tuple(word, anything) };
  const entry =
    fitting.length === 0
      ? odd.arbitrary
      : fc.oneof(odd, { weight: 16, arbitrary: fc.oneof(...fitting) });
  return fc.array(entry, { maxLength: 5 }).map((entries) => Object.fromEntries(entries));
}

/** A schema may name itself. */
function lazily(given: Schema, level: number): fc.Arbitrary<unknown> {
  return level >= MOST_LEVELS ? anything : arbitraryOf(given, level + 1);
}
