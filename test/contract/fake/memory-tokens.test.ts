import { MemoryTokens } from "../../helpers/memory-tokens.ts";
import { describeTokenIssuer } from "../token-issuer.ts";

describeTokenIssuer("MemoryTokens", async () => ({
  tokens: new MemoryTokens(),
  [Symbol.asyncDispose]: async () => {},
}));
