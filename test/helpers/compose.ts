import { execFileSync } from "node:child_process";
import { fetched } from "./fetched.ts";

/** `docker compose up` by the real Compose in a directory; what it made is gone at the end. */
export function composeUp(
  directory: string,
  project: string,
  options: readonly string[] = [],
): AsyncDisposable {
  const program = fetched("COMPOSE");
  const compose = (...args: string[]) =>
    execFileSync(program, ["-p", project, ...options, ...args], { cwd: directory, stdio: "pipe" });
  const down = () => compose("down", "--volumes", "--timeout", "1");
  try {
    compose("up", "-d");
  } catch (error) {
    down();
    throw error;
  }
  return { [Symbol.asyncDispose]: async () => void down() };
}
