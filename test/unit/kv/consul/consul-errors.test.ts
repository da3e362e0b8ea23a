import { describe, expect, test } from "vitest";
import { AxonError } from "../../../../src/errors.ts";
import { translateFailure } from "../../../../src/kv/consul/consul-errors.ts";

const STORE = "consul://store.example:8500";

function translated(properties: object): unknown {
  return translateFailure(Object.assign(new Error("from the client"), properties), STORE);
}

function response(statusCode: number, body?: unknown): object {
  return { response: { statusCode, body } };
}

describe("a failure of the client", () => {
  test.each([
    ["ECONNREFUSED", { code: "ECONNREFUSED" }, "refused"],
    ["ENOTFOUND", { code: "ENOTFOUND" }, "no such host"],
    ["one that nobody listed", { code: "EWEIRD" }, "EWEIRD"],
    ["no answer in time", { isTimeout: true }, "no answer"],
    ["a certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "no secure connection"],
    ["no leader", response(500, "No cluster leader"), "no leader"],
    ["a gateway", response(503, "upstream down"), "upstream down"],
    ["not found", response(404), "not Consul"],
    ["a damaged answer", { ...response(200), isCodec: true }, "not Consul"],
  ])("(%s) means that the store is out of reach", (_, properties, words) => {
    expect(translated(properties)).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringMatching(new RegExp(`${STORE}.*${words}|${words}.*${STORE}`)),
    });
  });

  test.each([
    ["forbidden", response(403, "Permission denied"), "the token does not allow it"],
    [
      "forbidden, in bytes",
      response(403, Buffer.from("ACL not found\n")),
      "does not know the token",
    ],
    ["too large", response(413, "Request body too large"), "too large"],
    ["anything else", response(500, { odd: true }), "status 500"],
  ])("(%s) means that the store refused", (_, properties, words) => {
    expect(translated(properties)).toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining(words),
    });
  });

  test("has a hint about the token when access was refused", () => {
    expect(translated(response(403))).toMatchObject({
      hint: expect.stringContaining("AXON_KV_TOKEN"),
    });
  });

  test("keeps no response as its cause, because that holds the token", () => {
    expect(translated(response(403))).toMatchObject({ cause: undefined });
  });

  test("that is Axon's own, or a defect, stays as it is", () => {
    const [own, defect] = [new AxonError("INTERNAL", "x"), new TypeError("x")];
    expect(translateFailure(own, STORE)).toBe(own);
    expect(translateFailure(defect, STORE)).toBe(defect);
  });
});
