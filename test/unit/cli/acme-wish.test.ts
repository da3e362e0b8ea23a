import { describe, expect, test } from "vitest";
import { type AcmeFlags, acmeWish } from "../../../src/cli/acme-wish.ts";
import type { Context } from "../../../src/cli/context.ts";
import { AxonError } from "../../../src/errors.ts";
import type { LiveContainer } from "../../../src/live.ts";
import { type AcmeSettings, acmeEnv } from "../../../src/system/acme-settings.ts";
import { certificateFor } from "../../helpers/certificate.ts";

const pair = certificateFor("ca.example.org");
const FILES: Readonly<Record<string, string>> = {
  "/root.pem": pair.cert,
  "/both.pem": pair.cert + pair.key,
  "/other.pem": "root",
};

const context = {
  cwd: "/",
  readFile: async (path: string) => FILES[path] ?? "",
} as unknown as Context;

function wish(flags: Partial<AcmeFlags>, there?: Partial<AcmeSettings>): Promise<AcmeSettings> {
  const none = { email: undefined, server: undefined, root: undefined };
  const env = acmeEnv({ ...none, ...there });
  const live = there && ({ spec: { env } } as unknown as LiveContainer);
  const unsaid = { acmeEmail: undefined, acmeServer: undefined, acmeRoot: undefined };
  return acmeWish({ ...unsaid, ...flags }, live, context);
}

const server = "https://ca.example.org/directory";
const root = pair.cert;

describe("the authority of a router", () => {
  test("is the one that is named, with its certificate", async () => {
    const flags = { acmeServer: server, acmeRoot: "root.pem", acmeEmail: "ops@example.org" };
    expect(await wish(flags)).toEqual({ email: "ops@example.org", server, root });
  });

  test("stays, where nothing is said", async () => {
    const there = { email: "ops@example.org", server, root };
    expect(await wish({}, there)).toEqual(there);
    expect(await wish({ acmeServer: server }, there)).toEqual(there);
    expect(await wish({ acmeServer: "", acmeEmail: "" }, there)).toEqual({
      email: undefined,
      server: undefined,
      root: undefined,
    });
  });

  test("is not known by the certificate of the former one", async () => {
    const other = "https://ca.example.com/directory";
    expect(await wish({ acmeServer: other }, { server, root })).toMatchObject({
      server: other,
      root: undefined,
    });
  });

  test.each<[string, Partial<AcmeFlags>]>([
    ["plain HTTP", { acmeServer: "http://ca.example.org/directory" }],
    ["no URL", { acmeServer: "ca.example.org" }],
    ["the router itself", { acmeServer: "https://localhost/directory" }],
    ["a password", { acmeServer: "https://a:b@ca.example.org/" }],
    ["no address", { acmeEmail: "ops" }],
    ["a certificate of nobody's", { acmeRoot: "root.pem" }],
    ["no certificate", { acmeServer: server, acmeRoot: "other.pem" }],
    ["a key beside the certificate", { acmeServer: server, acmeRoot: "both.pem" }],
  ])("must not be %s", async (_, flags) => {
    const error = await wish(flags).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(AxonError);
    expect(error).toMatchObject({ code: "USAGE" });
  });

  test.each(["https://a:hunter2@ca.example.org/", "https://a:hunter2@ca:99999", "a:hunter2@ca"])(
    "a credential is not repeated: %s",
    async (acmeServer) => {
      await expect(wish({ acmeServer })).rejects.toThrow(
        /^--acme-server holds a credential, which others could see$/,
      );
    },
  );
});
