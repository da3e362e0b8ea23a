import { nearest } from "../../servicefile/nearest.ts";
import { entriesOf, isNull } from "../node.ts";
import { isMap, mapOf, type Out, type OutMap } from "../out.ts";
import { networks } from "./keys/networks.ts";
import type { Entries, ServiceContext } from "./service-context.ts";
import { SERVICE_KEYS } from "./service-keys.ts";
import { UNSUPPORTED_KEYS } from "./unsupported-keys.ts";

/** What the Servicefile says of a service. */
export function importService(context: ServiceContext): OutMap {
  checkImage(context);
  tellOthers(context);
  const given = Object.entries(SERVICE_KEYS).flatMap(([key, convert]): Entries => {
    const node = context.body.entries.get(key);
    return node === undefined || isNull(node) ? [] : convert(node, context);
  });
  return mapOf(inOrder(joined([...given, ...implied(context, given)])));
}

/** Several keys of Compose may lead to one: lists are joined, maps too, and else the last one counts. */
function joined(entries: Entries): Entries {
  const all = new Map<string, Out | undefined>();
  for (const [key, value] of entries) all.set(key, together(all.get(key), value));
  return [...all];
}

function together(before: Out | undefined, value: Out | undefined): Out | undefined {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  if (isMap(before) && isMap(value)) return new Map([...before, ...value]);
  if (Array.isArray(before) && isMap(value)) return together(startedAll(before), value);
  return value;
}

/** `require` as a list leaves the condition open. */
function startedAll(names: readonly Out[]): OutMap {
  return new Map(names.map((name) => [String(name), "started"]));
}

const ORDER = [
  "image",
  "platform",
  "entrypoint",
  "cmd",
  "detach",
  "working_dir",
  "user",
  "env_file",
  "env",
];

/** What a service is comes first; the rest as in the table of keys. */
function inOrder(entries: Entries): Entries {
  const rank = ([key]: Entries[number]) =>
    ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length;
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

/** What Compose does where nothing is said, and Axon would do something else. */
function implied(context: ServiceContext, given: Entries): Entries {
  const { name, body, project } = context;
  const has = (key: string) => given.some(([one]) => one === key);
  const image = `${project.name}-${name}`;
  const isOneShot = project.oneShots.has(name);
  return [
    ...(has("image") || !body.entries.has("build") ? [] : ([["image", image]] as const)),
    ...(isOneShot ? ([["detach", false]] as const) : []),
    ...networks(context),
    ...(isOneShot || has("restart") ? [] : ([["restart", "no"]] as const)),
  ];
}

/** Looked at for all services together, or when they are loaded. */
const ELSEWHERE = ["networks", "profiles", "extends"];

function checkImage({ name, body, project, findings }: ServiceContext): void {
  const says = "has neither image nor build";
  if (!body.entries.has("image") && !body.entries.has("build")) {
    findings.fail({ subject: name, says, hint: "give it an image" }, body);
  }
  const key = project.serviceNames.get(name);
  if (key === name) return;
  findings.change(name, body, `is the service ${key}, and still reached as ${name}`);
}

function tellOthers({ name, body, findings }: ServiceContext): void {
  for (const [key, node] of entriesOf(body)) {
    if (Object.hasOwn(SERVICE_KEYS, key) || ELSEWHERE.includes(key) || key.startsWith("x-"))
      continue;
    const why = Object.hasOwn(UNSUPPORTED_KEYS, key) ? UNSUPPORTED_KEYS[key] : undefined;
    if (why !== undefined) findings.drop(`${name}.${key}`, node, why);
    else {
      const near = nearest(key, [...Object.keys(SERVICE_KEYS), ...Object.keys(UNSUPPORTED_KEYS)]);
      const hint = near && `did you mean "${near}"?`;
      findings.fail(
        { subject: `${name}.${key}`, says: "is not a key of a Compose service", hint },
        node,
      );
    }
  }
}
