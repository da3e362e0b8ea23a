import type { RouteFormat } from "../route-format.ts";
import { isServiceTree, readTraefik } from "./generation.ts";
import { traefikEntries } from "./traefik-entries.ts";

export const traefikFormat: RouteFormat = {
  router: "traefik",
  goesByName: false,
  entriesOf: traefikEntries,
  refuses: () => undefined,
  read: readTraefik,
  isOfList: isServiceTree,
  shortPath: (key, name) =>
    key
      .replace(/^traefik\/(http|tcp)\//, "")
      .replace(/^traefik\//, "")
      .replace(`/${name}_`, "/")
      .replace(`/${name}=`, "/")
      .replace(`/${name}`, ""),
};
