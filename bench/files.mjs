const IMAGE = "axon-example/sleeper";

/** Services that know nothing of each other, for Axon and for Compose. */
export function independent(count, env = "1") {
  const names = Array.from({ length: count }, (_, index) => `s${String(index).padStart(5, "0")}`);
  return {
    servicefile: names.map((name) => `${name}: {image: ${IMAGE}, env: {V: "${env}"}}\n`).join(""),
    compose: (label) =>
      composeFile(label, [
        "services:",
        ...names.map((name) => `  ${name}: {<<: *all, environment: {V: "${env}"}}`),
      ]),
  };
}

/** db is healthy before migrate runs once; then api, healthy before web starts. */
export const CHAIN = {
  servicefile: `
db: {image: ${IMAGE}, step: 1, healthcheck: {test: [CMD, "true"], interval: 500ms}}
migrate: {image: ${IMAGE}, step: 2, detach: false, cmd: "true", require: {db: healthy}}
api:
  image: ${IMAGE}
  step: 3
  healthcheck: {test: [CMD, "true"], interval: 500ms}
  require: {migrate: completed}
web: {image: ${IMAGE}, step: 3, require: {api: healthy}}
`,
  compose: (label) =>
    composeFile(label, [
      "services:",
      `  db: {<<: *all, healthcheck: {test: [CMD, "true"], interval: 500ms}}`,
      "  migrate:",
      "    <<: *all",
      `    restart: "no"`,
      `    command: ["true"]`,
      "    depends_on: {db: {condition: service_healthy}}",
      "  api:",
      "    <<: *all",
      `    healthcheck: {test: [CMD, "true"], interval: 500ms}`,
      "    depends_on: {migrate: {condition: service_completed_successfully}}",
      "  web: {<<: *all, depends_on: {api: {condition: service_healthy}}}",
    ]),
};

function composeFile([key, value], lines) {
  const labels = `labels: {${key}: "${value}"}`;
  return [
    `x-all: &all {image: ${IMAGE}, pull_policy: missing, restart: unless-stopped, ${labels}}`,
    `networks: {default: {${labels}}}`,
    ...lines,
    "",
  ].join("\n");
}

/** What the bare loop sends for one container. */
export function createRequest(name, network, [key, value]) {
  return {
    Image: IMAGE,
    Env: ["V=1"],
    Labels: { [key]: value },
    HostConfig: { NetworkMode: network, RestartPolicy: { Name: "unless-stopped" } },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
  };
}
