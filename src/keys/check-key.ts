import { AxonError } from "../errors.ts";
import { configRoot } from "../store-layout.ts";

const KEY = /^[a-zA-Z0-9,_./\-?&=]+$/;
const UNTIDY = /^\/|\/$|\/\/|(^|\/)\.\.?(\/|$)/;
const LONGEST_KEY = 512;

/** What goes with the lock's check in one transaction. */
const MOST_BYTES = 350 * 1024;

/** Throws KEY_INVALID. `deployment`: for who gives the key as the store has it. */
export function checkConfigKey(key: string, deployment: string): void {
  const problem = keyProblem(key, deployment);
  if (problem !== undefined) throw problem;
}

export function keyProblem(key: string, deployment: string): AxonError | undefined {
  const root = configRoot(deployment);
  const shown = JSON.stringify(key);
  const say = (problem: string, hint: string) => new AxonError("KEY_INVALID", problem, { hint });
  if (key.startsWith("axon/") && !key.startsWith(root))
    return say(`${shown} is not below ${root}`, "Give the key as it is below config/: debug");
  if (key.startsWith(root) && key !== root)
    return say(
      `${shown} is the whole path in the store`,
      `Give the key as it is below config/: ${key.slice(root.length)}`,
    );
  if (!KEY.test(key) || UNTIDY.test(key))
    return say(
      `${shown} cannot be a key`,
      "Use letters, digits and , _ . / - ? & =, with single slashes between, as in redis/maxmemory.",
    );
  if (key.length > LONGEST_KEY)
    return say(`a key of ${key.length} characters is too long`, `At most ${LONGEST_KEY} fit.`);
  return undefined;
}

/** Throws KEY_INVALID. The value is in no message. */
export function checkConfigValue(key: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MOST_BYTES) {
    throw new AxonError(
      "KEY_INVALID",
      `the value of ${key} has ${bytes} bytes, and ${MOST_BYTES} at most fit`,
      { hint: "Keep large things in files or in the image, and a path or address here." },
    );
  }
  if (value.includes("\0") || /\p{Surrogate}/u.test(value)) {
    throw new AxonError("KEY_INVALID", `the value of ${key} is not text`, {
      hint: "Encode it first, as with base64.",
    });
  }
}
