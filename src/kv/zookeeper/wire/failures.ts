/** The server has answered with one of CODES. */
export class ZooKeeperFailure extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`ZooKeeper answers ${code}`);
    this.code = code;
  }
}

/** Whether what was asked last has been done is not known. */
export class ConnectionLost extends Error {
  readonly code: string | undefined;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.code = (cause as NodeJS.ErrnoException | undefined)?.code;
  }
}

/** The server knows the session no more, and will not again. */
export class SessionExpired extends Error {}

/** Something else listens at the port. */
export class NotZooKeeper extends Error {}

export function timeoutError(message = "it takes connections but gives no answer"): Error {
  return Object.assign(new Error(message), { code: "ETIMEDOUT" });
}
