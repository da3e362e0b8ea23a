// The least that a program in Node has to do where nothing differs: parse the file, list the containers, and look at each.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { openEngine } from "./engine.mjs";

const [file, label] = process.argv.slice(2);

async function look() {
  const { call, close } = openEngine(process.env.DOCKER_HOST);
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const listed = call("GET", `/containers/json?all=1&filters=${filters}`);
  parse(readFileSync(file, "utf8"));
  const found = (await listed).map(({ Id }) => call("GET", `/containers/${Id}/json`));
  const states = await Promise.all(found);
  close();
  if (states.length === 0) throw new Error(`no containers with ${label}`);
}

void look();
