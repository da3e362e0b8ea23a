import { connect } from "node:tls";
import type Docker from "dockerode";
import { execIn } from "./axon.ts";
import { startCaddy } from "./caddy.ts";
import { untilReady } from "./until-ready.ts";

const NAME = "ca.test";

export interface TestAuthority extends AsyncDisposable {
  /** Its directory, for who is on its network. */
  readonly url: string;
  /** The certificate that it signs with, in PEM. */
  readonly root: string;
}

/** A real ACME authority: a Caddy that asks whoever it finds, by the engine's DNS, under a name on the network. */
export async function startAuthority(network: Docker.Network): Promise<TestAuthority> {
  const caddy = await startCaddy();
  try {
    await network.connect({ Container: caddy.id, EndpointConfig: { Aliases: [NAME] } });
    await caddy.setConfig(CONFIG);
    const url = `https://${NAME}/acme/local/directory`;
    const ask = "wget -q -O - http://127.0.0.1:2019/pki/ca/local";
    const { root_certificate: root } = JSON.parse(await execIn(caddy.id, ["sh", "-c", ask]));
    return { url, root, [Symbol.asyncDispose]: () => caddy[Symbol.asyncDispose]() };
  } catch (error) {
    await caddy[Symbol.asyncDispose]();
    throw error;
  }
}

const CONFIG = {
  apps: {
    pki: { certificate_authorities: { local: { install_trust: false } } },
    tls: {
      certificates: { automate: [NAME] },
      automation: { policies: [{ subjects: [NAME], issuers: [{ module: "internal" }] }] },
    },
    http: {
      servers: {
        ca: {
          listen: [":443"],
          routes: [{ match: [{ host: [NAME] }], handle: [{ handler: "acme_server" }] }],
          tls_connection_policies: [{}],
        },
      },
    },
  },
};

interface Presented {
  /** On this machine's loopback. */
  readonly port: number;
  readonly domain: string;
  readonly root: string;
}

/** Until who answers for the domain shows a certificate that the authority has signed: its names. */
export async function untilCertified(presented: Presented): Promise<string> {
  let last = "";
  const isReady = async () => {
    last = await handshake(presented).catch((error: Error) => `error: ${error.message}`);
    return !last.startsWith("error: ");
  };
  if (await untilReady(isReady)) return last;
  throw new Error(`no certificate for ${presented.domain}: ${last}`);
}

function handshake({ port, domain, root }: Presented): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername: domain, ca: root }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
