import { expect, test } from "vitest";
import { networkMoves } from "../../../src/fields/networks.ts";

const at = (name: string, ...aliases: string[]) => ({ name, aliases });

test("what is wanted already is left alone", () => {
  expect(networkMoves([at("a", "x", "y")], [at("a", "y", "x")])).toEqual({
    disconnect: [],
    connect: [],
  });
});

test("what is not wanted is left, what is missing or has other aliases is joined", () => {
  expect(
    networkMoves([at("old"), at("same"), at("a", "x")], [at("a"), at("new"), at("same")]),
  ).toEqual({ disconnect: ["old"], connect: [at("a"), at("new")] });
});
