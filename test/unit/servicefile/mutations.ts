import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { survives } from "./survives.ts";

/** Every Servicefile that this checkout has, good and bad. */
const TEXTS = ["fixtures", "docs", "README.md"].flatMap(textsBelow);

function textsBelow(place: string): readonly string[] {
  if (place.endsWith(".md")) return yamlIn(readFileSync(place, "utf8"));
  const names = readdirSync(place, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => {
    if (name.endsWith(".md")) return yamlIn(readFileSync(`${place}/${name}`, "utf8"));
    return /(^|\/)Servicefile[^/]*$/.test(name) ? [readFileSync(`${place}/${name}`, "utf8")] : [];
  });
}

function yamlIn(page: string): readonly string[] {
  return [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);
}

const PIECES = [
  ..."\n,\n  ,: ,- ,# ,{,},[,],*,&a ,<<: ,!!str ,---\n,...\n,\t,\r\n,|,>,'".split(","),
  ...'",\\,\\0,\\ud800,$,${,${A},${A:-,},$$,~,null,true,-1,1e400,0x10,99999999999999999999'.split(
    ",",
  ),
  ..."__proto__,constructor,toString,hasOwnProperty,../../etc/passwd,/etc/passwd,例,é".split(","),
  "\u0000",
  "\uFEFF",
  "\u2028",
  "\uD800",
  "👩‍🚀",
  "",
];

const change = fc.record({
  at: fc.nat(),
  take: fc.oneof(fc.constant(0), fc.nat({ max: 12 })),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 4 })),
  /** Moves a piece of another file in, too. */
  from: fc.option(
    fc.record({ text: fc.constantFrom(...TEXTS), at: fc.nat(), take: fc.nat({ max: 80 }) }),
  ),
});

/** Of a bad one, little is seen but what is bad in it. */
const GOOD = TEXTS.filter((text) => survives(text) === "model");

/** A real file in which a few places are changed. */
export const mutations = fc
  .tuple(
    fc.oneof(...[GOOD, GOOD, TEXTS].map((texts) => fc.constantFrom(...texts))),
    fc.array(change, { maxLength: 3 }),
  )
  .map(([text, changes]) => changes.reduce(changed, text));

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(text: string, { at, take, put, from }: Change): string {
  const start = at % (text.length + 1);
  const moved = from ? from.text.slice(from.at % from.text.length).slice(0, from.take) : "";
  return text.slice(0, start) + put + moved + text.slice(start + take);
}
