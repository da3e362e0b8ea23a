import fc from "fast-check";
import { expect, test } from "vitest";
import { registeredName } from "../../../src/discovery/registered-name.ts";
import { buildFrom, problemsOf } from "../../helpers/build-from.ts";

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
const named = fc.record({
  deployment: label,
  service: label,
  port: fc.option(label, { nil: undefined }),
});

test("a name is that of deployment, service and port", () => {
  expect(registeredName({ deployment: "ex", service: "web", port: undefined })).toBe("ex-web");
  expect(registeredName({ deployment: "ex", service: "web", port: "admin" })).toBe("ex-web-admin");
});

test("every name is a label of DNS, and long ones are still told apart", () => {
  fc.assert(
    fc.property(named, named, (a, b) => {
      const [one, other] = [registeredName(a), registeredName(b)];
      expect(one).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      const text = ({ deployment, service, port = "" }: typeof a) =>
        `${deployment}-${service}-${port}`;
      expect(one === other).toBe(text(a) === text(b));
    }),
  );
  const long = "a".repeat(60);
  const names = ["http", "https"].map((port) =>
    registeredName({ deployment: long, service: "web", port }),
  );
  expect(new Set(names).size).toBe(2);
  expect(names[0]).toMatch(/^a{49}-[0-9a-z]{13}$/);
});

test("containers are told the names under which they are found", () => {
  const long = "w".repeat(60);
  const { model } = buildFrom(`${long}: {image: web, ports: {http: 80}}\n`);
  const { env } = model.services[long]?.container ?? {};
  const deployment = model.deployment;
  expect(env?.SD_NAME).toBe(registeredName({ deployment, service: long, port: undefined }));
  expect(String(env?.SD_HTTP_NAME)).toHaveLength(63);
});

test("a port and another service that would have one name are an error at the service", () => {
  const file = "web: {image: web, ports: {admin: 1}}\nweb-admin: {image: web, ports: {http: 80}}\n";
  expect(problemsOf(() => buildFrom(file))).toMatchObject([
    {
      code: "SERVICEFILE_INVALID",
      message: "web-admin and port admin of web would both be shop-web-admin in the catalogue",
      at: { line: 2 },
    },
  ]);
});
