import { buildCatalogue } from "./example-images/catalogue.mjs";
import { connect } from "./example-images/engine-images.mjs";

const say = (text) => process.stderr.write(`images: ${text}\n`);

async function make(engine, catalogue) {
  const there = await engine.made();
  const stale = catalogue.filter(({ tag, also = [], hash }) =>
    [tag, ...also].some((name) => there.get(name) !== hash),
  );
  for (const image of stale) {
    const begun = Date.now();
    await (image.root ? engine.importBase(image) : engine.build(image));
    say(`${image.tag} made in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
  if (stale.length > 0) await engine.removeUntagged();
  else say(`${catalogue.length} images up to date`);
}

async function main(args) {
  const engine = await connect();
  if (args.length === 0) return make(engine, await buildCatalogue());
  if (args.join() === "--remove") return say(`${await engine.removeAll()} images removed`);
  throw new Error("usage: scripts/images [--remove]");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
