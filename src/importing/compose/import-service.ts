import { nearest } from "../../servicefile/nearest.ts";
import { mergeEntries } from "../merge-entries.ts";
import { entriesOf, isNull } from "../node.ts";
import { mapOf, type OutMap } from "../out.ts";
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
  return mapOf(inOrder(mergeEntries([...given, ...implied(context, given)])));
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
