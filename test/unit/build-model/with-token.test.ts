import { expect, test } from "vitest";
import { withToken } from "../../../src/build-model/with-token.ts";
import type { Model, TokenSpec } from "../../../src/model.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { build } from "./build.ts";

const TOKEN: TokenSpec = {
  name: "axon-shop",
  value: new Secret("the token"),
  rights: {},
  opensCatalogue: true,
};
const FILE = `\
web: {image: web, bootstrap: {migrate: {cmd: migrate}}}
own: {image: web, init: false, env: {CONSUL_HTTP_TOKEN: given}}
none: {image: web, init: false, env: {CONSUL_HTTP_TOKEN: null}}
`;
const descriptors = { web: { init: { command: ["init-region"] } } };

function tokensIn({ services, tasks }: Model): Record<string, string | undefined> {
  return Object.fromEntries(
    [...Object.entries(services), ...Object.entries(tasks)].map(([name, { container }]) => {
      const token = container.env.CONSUL_HTTP_TOKEN;
      return [name, token && reveal(token)];
    }),
  );
}

const built = (token?: TokenSpec) => build(FILE, { descriptors, token }).model;

test("every container gets the token, unless the file says otherwise", () => {
  expect(tokensIn(built(TOKEN))).toEqual({
    "init.web": "the token",
    web: "the token",
    "web.migrate": "the token",
    own: "given",
    none: undefined,
  });
  expect(JSON.stringify(built(TOKEN))).not.toContain("the token");
});

test("no job runs again because of it", () => {
  const [without, other] = [undefined, { ...TOKEN, value: new Secret("another token") }];
  const inputsOf = (token?: TokenSpec) =>
    Object.values(built(token).tasks).map(({ inputs }) => inputs);
  expect(inputsOf(TOKEN)).toEqual(inputsOf(without));
  expect(inputsOf(TOKEN)).toEqual(inputsOf(other));
});

test("an image that lacks it because Axon did not make its container is not replaced for it", () => {
  expect(built(TOKEN).services.web?.injected).toContain("CONSUL_HTTP_TOKEN");
  expect(built(TOKEN).services.own?.injected).not.toContain("CONSUL_HTTP_TOKEN");
});

test("an earlier model gets the token of now, where it had none or an older one of Axon's", () => {
  const now = { ...TOKEN, value: new Secret("another token") };
  const expected = { ...tokensIn(built(now)) };
  expect(tokensIn(withToken(built(TOKEN), now))).toEqual(expected);
  expect(tokensIn(withToken(built(), now))).toEqual({ ...expected, none: "another token" });
  expect(withToken(built(TOKEN), now).token).toBe(now);
});

test("without a token to give, an earlier model stays as it was", () => {
  const earlier = built(TOKEN);
  expect(withToken(earlier, undefined)).toBe(earlier);
});
