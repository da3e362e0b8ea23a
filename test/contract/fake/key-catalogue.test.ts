import { catalogueOf } from "../../../src/catalogue/key-catalogue.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";
import { describeCatalogue } from "../catalogue.ts";

const store = new MemoryKvStore();

describeCatalogue("of keys", async () => catalogueOf(store));
