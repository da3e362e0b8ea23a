/** Where something is reached. */
export interface Address {
  readonly host: string;
  readonly port: string;
  readonly protocol: string;
}

const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})\/?$/;

/** `host:port`, also as a URL; undefined for any other text. */
export function addressIn(text: string): Address | undefined {
  const [, protocol = "tcp", host, port] = ADDRESS.exec(text) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port, protocol };
}
