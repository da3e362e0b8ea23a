import type { DescriptorConfig } from "./descriptor.ts";

const MUST_BE: Readonly<Record<DescriptorConfig["type"], string>> = {
  string: "text",
  bool: "true or false",
  int: "a whole number",
  number: "a number",
  json: "JSON",
};

/** What a value of that type must be; undefined when the text is that. */
export function typeFault(type: DescriptorConfig["type"], text: string): string | undefined {
  return fits(type, text) ? undefined : MUST_BE[type];
}

function fits(type: DescriptorConfig["type"], text: string): boolean {
  switch (type) {
    case "string":
      return true;
    case "bool":
      return text === "true" || text === "false";
    case "int":
      return /^[+-]?\d+$/.test(text);
    case "number":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
    case "json":
      return isJson(text);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
