import type { Watcher } from "../http/watcher.ts";
import type { KvStore } from "./kv-store.ts";
import type { StoreAddress } from "./store-address.ts";

/**
 * Loads the one adapter that is needed. Rejects within some two seconds when no such store answers. Only what a Consul
 * is asked, the watcher is told.
 */
export async function openKvStore(
  address: StoreAddress,
  signal: AbortSignal,
  watcher?: Watcher,
): Promise<KvStore> {
  switch (address.kind) {
    case "consul": {
      const { openConsul } = await import("./consul/consul.ts");
      return openConsul(address, signal, watcher);
    }
    case "etcd": {
      const { openEtcd } = await import("./etcd/etcd.ts");
      return openEtcd(address, signal);
    }
    case "zookeeper": {
      const { openZooKeeper } = await import("./zookeeper/zookeeper.ts");
      return openZooKeeper(address, signal);
    }
  }
}
