import { isExec, isService } from "../canonical/is-service.ts";
import type { Path } from "../yaml/tree.ts";

const ENV = new Set(["env", "environment"]);
const COMMANDS = new Set(["cmd", "command", "entrypoint"]);
const BOOTSTRAP_DETAILS = new Set(["step", "timeout", "exit_codes", "run"]);
const CERTIFICATE_TEXTS = new Set(["cert", "key"]);
const EXEC_TEXTS = new Set([...ENV, "cmd", "command"]);

/** Nothing is replaced in what is ignored. */
export function isIgnored(path: Path): boolean {
  return path.slice(0, 2).some((part) => String(part).startsWith("x-"));
}

/** `- NAME` in a list takes the value of the variable of that name. */
export function isEnvList(path: Path): boolean {
  const isIndex = typeof path.at(-1) === "number";
  const [top = ""] = path.map(String);
  return isIndex && (isService(top) || isExec(top)) && ENV.has(String(path.at(-2)));
}

/** Where a text is kept from being shown. */
export function mayBeSecret(path: Path): boolean {
  const [top, second, third] = path.map(String);
  if (top === "Env" || top === "Config" || top === "Vars") return true;
  if (top === "Files") return third === "content";
  if (top === "Domains") return third === "auth";
  if (isExec(top ?? "")) return ENV.has(third ?? "");
  if (second === "bootstrap") return path.slice(2).some((part) => ENV.has(String(part)));
  return isService(top ?? "") && ENV.has(second ?? "");
}

/** Where a text may hold what is known only after a look at images and store. */
export function mayBeLate(path: Path): boolean {
  if (mayBeSecret(path)) return true;
  const [top = "", second = "", third = ""] = path.map(String);
  if (top === "Domains") return CERTIFICATE_TEXTS.has(third);
  if (isExec(top)) return EXEC_TEXTS.has(third);
  if (!isService(top)) return false;
  if (second === "healthcheck") return third === "test";
  if (second === "init") return third === "cmd";
  if (second === "bootstrap") return !path.some((part) => BOOTSTRAP_DETAILS.has(String(part)));
  return COMMANDS.has(second);
}
