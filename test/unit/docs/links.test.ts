import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsIn(page: string): string[] {
  const headings = readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) => anchorOf(heading));
}

function brokenLinks(page: string): string[] {
  const links = readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g);
  return [...links]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsIn(target).includes(anchor);
    });
}

test.each(pages)("the links of %s lead somewhere", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test("every page is in the index of the documentation", () => {
  const index = readFileSync("docs/README.md", "utf8");
  const listed = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
  expect(listed.filter((page) => !index.includes(`(${page.replace("docs/", "")})`))).toEqual([]);
});

test("the paths that CONTRIBUTING names are there", () => {
  const text = readFileSync("CONTRIBUTING.md", "utf8");
  const named = [...text.matchAll(/`((?:src|test|docs|schema|fixtures|scripts)\/[^`<>*{]*)`/g)];
  expect(named.map(([, path = ""]) => path).filter((path) => !existsSync(path))).toEqual([]);
});
