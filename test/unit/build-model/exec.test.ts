import { expect, test } from "vitest";
import { build, problemsOf } from "./build.ts";

const task = (text: string, name = "Init") => build(text).model.tasks[name];

test("a one-shot of Exec shares with its service, has its own command and its own name", () => {
  const text = `
Env: {WHERE: here}
Exec: {Init: {service: web, cmd: [push], env: {TO: "\${service.db.host}:\${port.http}"}}}
web: {image: web:2, user: "7", volumes: {data: /data}, ports: {http: 80}, publish: {"80": http}}
db: {}
`;
  const web = build(text).model.services.web?.container;
  const init = task(text);
  expect(init).toMatchObject({
    id: "Init",
    kind: "exec",
    service: "web",
    step: 3,
    containerName: "shop-Init",
  });
  expect(init?.container).toMatchObject({
    image: web?.image,
    user: "7",
    mounts: web?.mounts,
    command: ["push"],
    publish: [],
    env: { WHERE: "here", TO: "db:80" },
  });
});

test("it requires what it says; where it says nothing, what its service requires but for its like", () => {
  const file = (own: string) =>
    `Exec: {Init: {service: web, cmd: x${own}}}\nweb: {require: [db, Init]}\ndb: {}\ncache: {}\n`;
  const targets = (own: string) => task(file(own))?.requires.map(({ target }) => target);
  expect(targets("")).toEqual(["db"]);
  expect(targets(", require: cache")).toEqual(["cache"]);
  expect(targets(", require: []")).toEqual([]);
});

test("it can come after its own service, or before it", () => {
  expect(task("Exec: {Init: {service: web, cmd: x, require: web}}\nweb: {}\n")?.step).toBe(4);
  expect(task("Exec: {Init: {service: web, cmd: x}}\nweb: {step: 2, require: Init}\n")?.step).toBe(
    2,
  );
});

test.for([
  [
    "Exec: {Init: {service: web, cmd: x, require: {nope: healthy}}}\nweb: {}\n",
    "REQUIRE_UNKNOWN",
    1,
  ],
  [
    "web: {require: Init}\n\nRun: {Init: {service: web, cmd: x, require: web}}\n",
    "REQUIRE_CYCLE",
    1,
  ],
  [
    "web: {require: {Init: healthy}}\nExec: {Init: {service: web, cmd: x}}\n",
    "SERVICEFILE_INVALID",
    1,
  ],
  ["web: {}\nRun: {web-1: {service: web, cmd: x}}\n", "SERVICEFILE_INVALID", 2],
] as const)("%s is %s in line %i", ([text, code, line]) => {
  expect(problemsOf(text)).toEqual([[code, line]]);
});
