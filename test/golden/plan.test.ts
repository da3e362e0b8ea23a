import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatError } from "../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors } from "../../src/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planAsJson } from "../../src/plan/render-json.ts";
import { NO_PAINT, renderPlan } from "../../src/plan/render-text.ts";
import { planOfCase } from "./plan-case.ts";

const root = fileURLToPath(new URL("../../fixtures/plan/", import.meta.url));
const PLACE = {
  engine: "docker (unix:///var/run/docker.sock)",
  store: "consul://127.0.0.1:8500",
};

/** One folder is one case: what is wanted, what is there, and the plan that a reader approved. */
test.for(readdirSync(root))("the plan for %s", async (name) => {
  const folder = `${root}${name}`;
  const { plan, errors } = await attempt(folder);
  for (const file of plan ? ["errors.txt"] : ["plan.txt", "plan.json"]) {
    expect(existsSync(`${folder}/${file}`)).toBe(false);
  }
  if (plan === undefined) {
    await expect(errors).toMatchFileSnapshot(`${folder}/errors.txt`);
    return;
  }
  const title = `${plan.deployment} on ${PLACE.engine}, store ${PLACE.store}`;
  const text = renderPlan(plan, { title, paint: NO_PAINT });
  const json = `${JSON.stringify(planAsJson(plan, PLACE), undefined, 2)}\n`;
  expect(text + json).not.toMatch(/hunter2|undefined/);
  // Where two had one path, the JSON would have only the last.
  for (const { attributes } of plan.changes) {
    const paths = attributes.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)]);
  }
  await expect(text).toMatchFileSnapshot(`${folder}/plan.txt`);
  await expect(json).toMatchFileSnapshot(`${folder}/plan.json`);
});

async function attempt(folder: string): Promise<{ plan?: Plan; errors?: string }> {
  try {
    return { plan: await planOfCase(folder) };
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    const text = readFileSync(`${folder}/Servicefile`, "utf8");
    return { errors: `${formatError(error, () => text)}\n` };
  }
}
