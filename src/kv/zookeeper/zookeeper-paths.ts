import { AxonError } from "../../errors.ts";
import { routeRoot } from "../../store-layout.ts";

/**
 * Names of nodes that are no part of a key. `~` is in no key, so they are nobody else's: the value of a key
 * that ends in a slash, who holds a key as a lock, and the sessions that do so.
 */
const SLASH = "~";
const LOCK = "~lock";
const SESSIONS = "~sessions";
/** Comes and goes in one moment. */
const BELL = "~changed";
/** Beside what Axon keeps, so that no more than that need be allowed. */
const SESSIONS_FOLDER = `axon/${SESSIONS}`;

/**
 * What Traefik reads. It watches for children of this node to come and go, and for nothing deeper, so they must, with
 * each change below it; and once the node itself is gone, it goes on with the last routes.
 */
const WATCHED_FOLDER = routeRoot.slice(0, -1);

/** ZooKeeper's own tree. */
const RESERVED = /^zookeeper(\/|$)/;
const KEY_PART = /^[a-zA-Z0-9,_.\-?&=]+$/;

/** Which node a key is: the one of that path below the chroot. */
export class NodePaths {
  readonly #chroot: string;

  constructor(chroot: string) {
    this.#chroot = chroot;
  }

  get root(): string {
    return this.#chroot || "/";
  }

  ofKey(key: string): string {
    if (!this.#chroot && RESERVED.test(key)) {
      throw new AxonError("STORE_REFUSED", `key ${JSON.stringify(key)} is ZooKeeper's own`);
    }
    return `${this.#chroot}/${key}${key.endsWith("/") ? SLASH : ""}`;
  }

  /** undefined: the node stands for no key. */
  keyOf(path: string): string | undefined {
    const key = path.slice(this.#chroot.length + 1);
    if (key === "" || isLockPath(key)) return undefined;
    return key.endsWith(`/${SLASH}`) ? key.slice(0, -SLASH.length) : key;
  }

  /** The node below which all keys of a prefix are, and how the names of its children begin. */
  ofPrefix(prefix: string): { readonly folder: string; readonly begin: string } {
    const cut = prefix.lastIndexOf("/") + 1;
    const folder = prefix.slice(0, Math.max(0, cut - 1));
    return {
      folder: folder ? `${this.#chroot}/${folder}` : this.root,
      begin: prefix.slice(cut),
    };
  }

  lockOf(path: string): string {
    return `${path}/${LOCK}`;
  }

  ofSession(id: string): string {
    return `${this.#chroot}/${SESSIONS_FOLDER}/${id}`;
  }

  /** From the one nearest the root; without the root itself. */
  foldersAbove(path: string): readonly string[] {
    const parts = path.split("/").slice(1, -1);
    return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
  }

  /** Not to be cleared away, however empty. */
  isKept(path: string): boolean {
    const isWatched = path === `${this.#chroot}/${WATCHED_FOLDER}`;
    return isWatched || this.root === path || this.root.startsWith(`${path}/`);
  }

  /** The node that tells of a change, where somebody would not learn of it otherwise. */
  bellFor(path: string): string | undefined {
    const folder = `${this.#chroot}/${WATCHED_FOLDER}`;
    return path.startsWith(`${folder}/`) ? `${folder}/${BELL}` : undefined;
  }

  /** Of a child that may hold a key, or one below it. */
  isOfKey(folder: string, name: string): boolean {
    if (folder === "/" && name === "zookeeper") return false;
    return name === SLASH || KEY_PART.test(name);
  }
}

export function childOf(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

export function isLockName(name: string): boolean {
  return name === LOCK;
}

export function isLockPath(path: string): boolean {
  return path.endsWith(`/${LOCK}`);
}
