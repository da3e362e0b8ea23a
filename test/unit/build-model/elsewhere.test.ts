import { expect, test } from "vitest";
import { outsideNeeds } from "../../../src/build-model/outside-needs.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { imageFacts } from "../../helpers/build.ts";
import { type BuildOverrides, buildFrom, problemsOf } from "../../helpers/build-from.ts";

const INFRA = { "api/http": "infra-api-1:8080", "api/admin": "infra-api-1:9000" };
const given: BuildOverrides = {
  foreignEndpoints: { infra: INFRA, lab: { "db/sql": "lab-db-1:5432" } },
};

function web(value: string, more = ""): string {
  return `web: {image: web, env: {PLACE: "${value}"}${more}}\nplain: {image: plain}\n`;
}

function placeOf(value: string, overrides = given): string {
  return String(buildFrom(web(value), overrides).model.services.web?.container.env.PLACE);
}

test("a reference with a colon stands for a service of another deployment", () => {
  expect(placeOf("${service.infra:api.host}")).toBe("infra-api-1");
  expect(placeOf("${service.infra:api.host}:${service.infra:api.port}")).toBe("infra-api-1:9000");
  expect(placeOf("${service.infra:api.port.http}")).toBe("8080");
});

test("what is not there can have another value", () => {
  expect(placeOf("${service.none:api.host:-localhost}")).toBe("localhost");
  expect(placeOf("${service.infra:api.host:-localhost}")).toBe("infra-api-1");
  expect(placeOf("${service.infra:api.port.none:-1}")).toBe("1");
  expect(placeOf("x${service.none:api.host:+there}")).toBe("x");
});

test("a service is on the networks of the deployments that its texts lead to, and no other is", () => {
  const file = web("${service.infra:api.host}", ', cmd: [run, "${service.lab:db.port}"]');
  const { services } = buildFrom(file, given).model;
  const networks = (name: string) => services[name]?.container.networks.map((one) => one.name);
  expect(networks("web")).toEqual(expect.arrayContaining(["infra", "lab"]));
  expect(networks("plain")).not.toContain("infra");
  const absent = buildFrom(web("${service.none:api.host:-x}"), given).model.services.web;
  expect(absent?.container.networks.map(({ name }) => name)).not.toContain("none");
});

test("the deployment's own name leads to itself", () => {
  const { model } = buildFrom(`Deployment: shop\n${web("${service.shop:web.host}")}`, given);
  expect(model.services.web?.container.env.PLACE).toBe("web");
});

test("what is nowhere is told with its place, and with what there is instead", () => {
  const [unknown] = problemsOf(() => placeOf("${service.none:api.host}"));
  expect(unknown).toMatchObject({
    code: "SERVICEFILE_INVALID",
    message: "web: service.none:api.host is not there",
    hint: "Deploy none to this engine and store first, or give it a value for that case: ${service.none:api.host:-value}.",
    at: { line: 1 },
  });
  const [port] = problemsOf(() => placeOf("${service.infra:api.port.none}"));
  expect(port?.hint).toContain("infra has api/admin, api/http.");
  const [word] = problemsOf(() => placeOf("${service.infra:api.ports}"));
  expect(word?.message).toContain("uses service.infra:api.ports, which is not there");
});

test("the deployments that domains name are looked up, also for connections", () => {
  const text = `Domains:\n  a.example.org: "infra:web"\n  b.example.org: {tcp: "blog:broker"}\n${web("")}`;
  const servicefile = parseServicefile({ file: "Servicefile", text });
  const images = { web: imageFacts("web") };
  const input = { servicefile, images, deployment: "shop", endpoints: {}, config: {} };
  expect(outsideNeeds(input as never).deployments).toEqual(["blog", "infra"]);
});

test("the deployments that references name are looked up", () => {
  const text = web("${service.infra:api.host} ${service.none:x.host:-y}");
  const servicefile = parseServicefile({ file: "Servicefile", text });
  const images = { web: imageFacts("web"), plain: imageFacts("plain") };
  const input = { servicefile, images, deployment: "shop", endpoints: {}, config: {} };
  expect(outsideNeeds(input as never).deployments).toEqual(["infra", "none"]);
});
