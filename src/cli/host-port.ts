import { AxonError } from "../errors.ts";
import type { HostPort } from "../system/router-model.ts";

/** `8080`, `127.0.0.1:8080` or `[::1]:8080`. */
export function hostPort(flag: string, text: string): HostPort {
  const [, address, port = ""] =
    /^(?:(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):)?(\d{1,5})$/i.exec(text) ?? [];
  const hostPort = Number(port);
  if (port !== "" && hostPort <= 65_535) {
    return { hostAddress: address?.replace(/^\[(.*)\]$/, "$1") ?? "", hostPort };
  }
  throw new AxonError("USAGE", `${flag} is "${text}", which is no port of the host`, {
    hint: `Write ${flag} 8080 or ${flag} 127.0.0.1:8080.`,
  });
}
