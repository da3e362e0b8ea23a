import http from "node:http";

/** The engine's API with nothing in between. */
export function openEngine(dockerHost) {
  const agent = new http.Agent({ keepAlive: true });
  const send = (method, path, text) =>
    new Promise((resolve, reject) => {
      const headers = text && {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(text),
      };
      const request = http.request({ ...target(dockerHost), agent, method, path, headers });
      request.once("error", reject);
      request.once("response", resolve);
      request.end(text);
    });
  const call = async (method, path, body) => {
    const response = await send(method, path, body && JSON.stringify(body));
    const answer = await textOf(response);
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${answer}`);
    return answer === "" ? undefined : JSON.parse(answer);
  };
  /** The answer to a GET as it comes, on a connection of its own. */
  const stream = async (path) => (await send("GET", path)).setEncoding("utf8");
  return { call, stream, close: () => agent.destroy() };
}

function target(dockerHost) {
  if (dockerHost.startsWith("unix://")) return { socketPath: dockerHost.slice("unix://".length) };
  const { hostname, port } = new URL(dockerHost);
  return { host: hostname, port: port || 2375 };
}

async function textOf(response) {
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += part;
  return text;
}

/** Everything with the label that is not to be kept; what is attached to its networks is detached first. */
export async function removeLabelled({ call }, label, isKept = () => false) {
  const filters = `filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
  const list = async (path) => (await call("GET", path)).filter(({ Labels }) => !isKept(Labels));
  const remove = async () => {
    const containers = await list(`/containers/json?all=1&${filters}`);
    await eachAtMost(8, containers, ({ Id }) => removeContainer(call, Id));
    for (const { Id } of await list(`/networks?${filters}`)) await removeNetwork(call, Id);
    const { Volumes } = await call("GET", `/volumes?${filters}`);
    const volumes = (Volumes ?? []).filter(({ Labels }) => !isKept(Labels));
    for (const { Name } of volumes) await call("DELETE", `/volumes/${Name}?force=1`);
  };
  // The engine refuses while it is still at work on something of it; there is nothing to wait for.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await remove();
    } catch (error) {
      if (attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 200));
    }
  }
}

/** Stopped first: engine 20.10 sometimes keeps the network endpoint of one that is removed while it runs. */
async function removeContainer(call, id) {
  await call("POST", `/containers/${id}/stop?t=2`);
  await call("DELETE", `/containers/${id}?force=1&v=1`);
}

async function removeNetwork(call, id) {
  const { Containers } = await call("GET", `/networks/${id}`);
  for (const container of Object.keys(Containers ?? {})) {
    const body = { Container: container, Force: true };
    await call("POST", `/networks/${id}/disconnect`, body);
  }
  await call("DELETE", `/networks/${id}`);
}

/** Runs `work` for every item, so many at the same time. */
export async function eachAtMost(limit, items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
