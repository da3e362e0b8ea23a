import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { build } from "./build.ts";

const PASSWORD = 'correct/horse?"&';
const base64 = (text: string) => Buffer.from(text).toString("base64");

function envOf(value: string) {
  const file = { web: { image: "a", env: { DB_PASSWORD: PASSWORD, VALUE: value } } };
  return build(JSON.stringify(file)).model.services.web?.container.env.VALUE;
}

describe("a text that holds a secret of another", () => {
  test.for([
    PASSWORD,
    `postgres://user:${encodeURIComponent(PASSWORD)}@db/x`,
    ...["", "u", "us", "use"].map((user) => base64(`${user}:${PASSWORD}:x`)),
    Buffer.from(`u:${PASSWORD}`).toString("base64url"),
  ])("%s is a secret, too", (text) => {
    const value = envOf(text);
    expect(value).toBeInstanceOf(Secret);
    expect((value as Secret).reveal()).toBe(text);
  });

  test.for(["", "correct", "correct/horse", base64("correct/horse")])(
    "%j holds none of it",
    (text) => {
      expect(envOf(text)).toBe(text);
    },
  );

  test("is found in the inputs of one-shots and in Config, and from whichever part the secret is", () => {
    const { model } = build(
      `
Generate: {Made: {hex: 32}}
Config: {hint: the guest is made-by-hand}
Domains: {example.org: {http: "web", auth: {guest: made-by-hand}}}
web: {image: a, bootstrap: {job: {cmd: "true", env: {COPY: xGenerated-one}}}}
`,
      { generated: () => new Secret("Generated-one") },
    );
    expect(model.config.hint).toBeInstanceOf(Secret);
    expect(model.tasks["web.job"]?.inputs["env.COPY"]).toBeInstanceOf(Secret);
  });

  test.for([
    ["whose route is made", "shop:web"],
    ["that waits for another deployment", "other:web"],
  ])("is found where it is the key of a domain %s", ([, target]) => {
    const { model } = build(
      `
Domains: {example.org: {http: "${target}", cert: a.pem, key: a.key}}
web: {image: a, ports: {http: 80}, env: {COPY: "xprivate-key"}}
`,
      {
        inputs: { files: { "a.pem": "certificate", "a.key": "private-key" }, env: {} },
        certificates: {
          read: () => ({ names: ["example.org"], until: "2030-01-01", state: "valid" }),
          keyFits: () => "fits",
        },
      },
    );
    const routed = [...Object.values(model.routes), ...Object.values(model.pending ?? {})];
    expect(routed).toMatchObject([{ tls: { kind: "certificate" } }]);
    expect(model.services.web?.container.env.COPY).toBeInstanceOf(Secret);
  });

  test("is not looked for when the secret is a short word", () => {
    const { model } = build("web: {image: a, env: {USE_TOKEN: yes-no, OTHER: yes-no}}\n");
    expect(model.services.web?.container.env.OTHER).toBe("yes-no");
  });
});
