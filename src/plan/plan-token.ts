import { deltaOf, sortedKeys } from "../fields/delta.ts";
import type { Live, LiveToken } from "../live.ts";
import type { Model, TokenSpec } from "../model.ts";
import { own } from "../own.ts";
import { reveal } from "../secret.ts";
import { tokenNumberKey } from "../store-layout.ts";
import { absenceOf, hasDrifted, type Previous } from "./drift.ts";
import { attributeOf, NOTHING, type Piece } from "./piece.ts";
import type { AttributeChange, Change, Operation } from "./plan.ts";

const FIRST = "1";

/** The token of the deployment's containers and what may be done with it. Nothing, where none can be given. */
export function planToken({ deployment, token }: Model, live: Live, previous: Previous): Piece {
  const seen = live.token ?? ABSENT;
  if (token === undefined || seen.kind !== "seen") return NOTHING;
  const attributes = attributesOf(token, seen, previous);
  const isNumbered = live.store.tokenNumber !== undefined;
  const isThere = seen.value !== undefined;
  if (isThere && attributes.length === 0 && isNumbered) return NOTHING;
  const wasMade = isNumbered && previous?.token !== undefined;
  const change: Change = {
    address: `token.${deployment}`,
    resource: "token",
    name: deployment,
    action: isThere ? "update" : "create",
    section: { kind: "foundation" },
    cause: isThere ? causeOf(token, seen) : absenceOf(wasMade),
    attributes,
    unchanged: 0,
  };
  const grant: Operation = {
    id: GRANT,
    kind: "token.grant",
    token,
    after: [],
    change: change.address,
  };
  const remember: Operation = {
    id: "store.write:token",
    kind: "store.write",
    writes: [{ kind: "put", key: tokenNumberKey(deployment), value: FIRST }],
    after: [GRANT],
    change: change.address,
  };
  return { changes: [change], operations: isNumbered ? [grant] : [grant, remember] };
}

const GRANT = "token.grant";

type SeenToken = Extract<LiveToken, { kind: "seen" }>;

/** Of a store that is not there yet. */
const ABSENT: SeenToken = {
  kind: "seen",
  value: undefined,
  rights: undefined,
  isBound: false,
  isCatalogueOpen: false,
};

function causeOf({ value }: TokenSpec, seen: SeenToken): string {
  if (seen.value !== undefined && reveal(seen.value) !== reveal(value))
    return "another one is wanted";
  return "what may be done with it differs";
}

function attributesOf(
  { value, rights, opensCatalogue }: TokenSpec,
  seen: SeenToken,
  previous: Previous,
): readonly AttributeChange[] {
  const before = seen.rights ?? {};
  const changed = sortedKeys(new Map(Object.entries(before)), new Map(Object.entries(rights)));
  const ofRights = changed.flatMap((prefix) => {
    const drift = hasDrifted(own(previous?.token?.rights, prefix), own(before, prefix));
    const deltas = deltaOf(prefix, own(before, prefix), own(rights, prefix));
    return deltas.map((delta) => attributeOf(delta, { drift }));
  });
  const isOther = seen.value !== undefined && reveal(seen.value) !== reveal(value);
  const isLoose = seen.value !== undefined && !isOther && !seen.isBound;
  return [
    ...ofRights,
    ...(isOther ? [VALUE] : []),
    ...(isLoose ? [BINDING] : []),
    ...(!opensCatalogue || seen.isCatalogueOpen ? [] : [OPENING]),
  ];
}

const VALUE = attributeOf({
  path: "value",
  before: undefined,
  after: undefined,
  sensitive: true,
});

const BINDING = attributeOf(
  { path: "bound to", before: "something else", after: "its own policy" },
  { drift: true },
);

const OPENING = attributeOf({
  path: "catalogue",
  before: undefined,
  after: "read",
  note: "for everybody on the store's networks",
});
