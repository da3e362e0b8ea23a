import { describe, expect, test } from "vitest";
import { encodedPath, isRoutablePath } from "../../../src/routing/url-path.ts";

describe("a path of a route", () => {
  test.for(["/", "/a/b.c", "/größe", "/日本", "/[a]{b}$"])("can be %s", (path) => {
    expect(isRoutablePath(path)).toBe(true);
  });

  test.for(["", "a", "/a b", "/a,b", "/a`", "/a?b", "/a#b", "/a%20b", "/a\n", "/\ud800"])(
    "cannot be %j",
    (path) => {
      expect(isRoutablePath(path)).toBe(false);
    },
  );

  test("is asked for as clients encode it", () => {
    expect(encodedPath("/gr\u00f6\u00dfe/$[a]/\u65e5")).toBe("/gr%C3%B6%C3%9Fe/$[a]/%E6%97%A5");
    expect(encodedPath("/\ud800")).toBe("/\ud800");
  });
});
