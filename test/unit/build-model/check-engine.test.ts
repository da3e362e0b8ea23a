import { expect, test } from "vitest";
import { buildFrom, problemsOf } from "../../helpers/build-from.ts";

const FILE = `Networks: {back: }
web:
  image: web
  healthcheck:
    test: "true"
    start_interval: 1s
  volumes:
    - {type: volume, source: data, target: /data, volume: {subpath: a}}
  networks: {back: {mac_address: "02:42:ac:1e:00:0a"}}
  bootstrap: /bin/migrate
job:
  image: job
  detach: false
  volumes: [{type: volume, source: data, target: /data, volume: {subpath: a}}]
`;

const told = (engineApi: string | undefined) =>
  problemsOf(() => buildFrom(FILE, { engineApi })).map(
    ({ code, message, at }) => `${code} ${at?.line}: ${message}`,
  );

test("what an engine is too old for is told where it stands, once for each service", () => {
  expect(told("1.41")).toEqual([
    "ENGINE_TOO_OLD 6: web.healthcheck: start_interval needs an engine with API 1.44 or newer, and this one has 1.41",
    "ENGINE_TOO_OLD 7: web.volumes: subpath needs an engine with API 1.45 or newer, and this one has 1.41",
    "ENGINE_TOO_OLD 9: web.networks: mac_address needs an engine with API 1.44 or newer, and this one has 1.41",
    "ENGINE_TOO_OLD 14: job.volumes: subpath needs an engine with API 1.45 or newer, and this one has 1.41",
  ]);
});

test("an engine that has some of it is too old for the rest only", () => {
  expect(told("1.44").map((text) => text.split(":")[2]?.split(" ")[1])).toEqual([
    "subpath",
    "subpath",
  ]);
});

test.each(["1.45", "1.100", "2.0", undefined])("an engine of API %s has all of it", (api) => {
  expect(told(api)).toEqual([]);
});
