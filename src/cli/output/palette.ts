import { Chalk } from "chalk";
import { NO_PAINT, type Paint } from "../../plan/render-text.ts";

export interface Palette extends Paint {
  readonly error: (text: string) => string;
  readonly hint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const same = (text: string) => text;

/** Green add, yellow change, red remove; or nothing at all. */
export function createPalette(hasColour: boolean): Palette {
  if (!hasColour) return { ...NO_PAINT, error: same, hint: same, strong: same };
  const chalk = new Chalk({ level: 1 });
  return {
    add: chalk.green,
    change: chalk.yellow,
    remove: chalk.red,
    heading: chalk.bold,
    dim: chalk.dim,
    error: chalk.red.bold,
    hint: chalk.cyan,
    strong: chalk.bold,
  };
}
