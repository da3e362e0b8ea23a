// The few engine calls that scripts/engine needs before anything is installed: node:http only.
//   node engine-api.mjs ping DOCKER_HOST     exit 0 when the engine answers
//   node engine-api.mjs new DOCKER_HOST      exit 0 when it is of the newer line
//   node engine-api.mjs clear DOCKER_HOST    removes every container and network of that engine
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

function tls() {
  const folder = process.env.DOCKER_CERT_PATH;
  if (!process.env.DOCKER_TLS_VERIFY || !folder) return undefined;
  return {
    ca: readFileSync(join(folder, "ca.pem")),
    cert: readFileSync(join(folder, "cert.pem")),
    key: readFileSync(join(folder, "key.pem")),
  };
}

function target(dockerHost) {
  if (dockerHost.startsWith("unix://"))
    return { client: http, options: { socketPath: dockerHost.slice(7) } };
  const url = new URL(dockerHost);
  const secrets = tls();
  const secure = secrets !== undefined || url.protocol === "https:";
  const options = { host: url.hostname, port: url.port || (secure ? 2376 : 2375), ...secrets };
  return { client: secure ? https : http, options };
}

function call(dockerHost, { method = "GET", path, timeout = 60_000 }) {
  const { client, options } = target(dockerHost);
  return new Promise((resolve, reject) => {
    const request = client.request({ ...options, method, path, timeout }, (response) => {
      let body = "";
      response.on("data", (part) => (body += part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${timeout / 1000} s`)));
    request.on("error", reject);
    request.end();
  });
}

async function ping(dockerHost) {
  const { status } = await call(dockerHost, { path: "/_ping", timeout: 5000 });
  if (status !== 200) throw new Error(`it answers ${status}`);
}

async function isNew(dockerHost) {
  const { body } = await call(dockerHost, { path: "/version", timeout: 5000 });
  const { ApiVersion } = JSON.parse(body);
  const [major, minor] = ApiVersion.split(".").map(Number);
  if (major === 1 && minor < 44) throw new Error(`its API is ${ApiVersion}`);
}

async function clear(dockerHost) {
  const containers = JSON.parse((await call(dockerHost, { path: "/containers/json?all=1" })).body);
  await Promise.all(
    containers.map(({ Id }) =>
      call(dockerHost, { method: "DELETE", path: `/containers/${Id}?force=1` }),
    ),
  );
  await call(dockerHost, { method: "POST", path: "/networks/prune" });
}

const [command, dockerHost] = process.argv.slice(2);
try {
  await { ping, new: isNew, clear }[command](dockerHost);
} catch (error) {
  process.stderr.write(`${dockerHost}: ${error.message}\n`);
  process.exitCode = 1;
}
