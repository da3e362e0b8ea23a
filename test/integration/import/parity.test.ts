import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { composeUp } from "../../helpers/compose.ts";
import { factsOf } from "../../helpers/parity.ts";

test("what is imported from a Compose file becomes the same containers", async () => {
  await using site = openSite();
  site.write(
    "compose.yaml",
    `\
services:
  db:
    image: axon-example/sleeper
    environment:
      VERSION: 1.10
      EMPTY: ""
      ANSWER: no
    volumes:
      - data:/data
      - ./conf:/etc/conf:ro
    healthcheck:
      test: ["CMD", "true"]
      interval: 1s
      retries: 5
    restart: always
  web:
    image: axon-example/sleeper
    command: /bin/sh -c "exec /bin/sleeper"
    environment: [A=1, "B=\${GREETING:-hello}"]
    ports: ["127.0.0.1:0:80", "9000"]
    depends_on:
      db: {condition: service_healthy}
volumes:
  data:
`,
  );
  site.write("conf/a.conf", "a");
  await expectParity(site);
});

async function expectParity(site: Site, options: readonly string[] = []): Promise<void> {
  const made = await madeByCompose(site);
  const run = await site.axon([
    "import",
    "compose",
    "compose.yaml",
    "-o",
    "Servicefile",
    ...options,
  ]);
  expect(run).toExitWith(0);
  expect(await site.deploy()).toExitWith(0);
  for (const [service, facts] of Object.entries(made)) {
    const networks = (name: string) => name.replace(site.deployment, "");
    expect({ [service]: factsOf(await site.inspect(service), networks) }).toEqual({
      [service]: facts,
    });
  }
}

/** By service. */
async function madeByCompose({ directory, deployment, docker }: Site) {
  await using _project = composeUp(directory, deployment);
  const label = [`com.docker.compose.project=${deployment}`];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  const networks = (name: string) => name.replace(`${deployment}_default`, "");
  const facts = containers.map(async ({ Id, Labels }) => [
    Labels["com.docker.compose.service"],
    factsOf(await docker.getContainer(Id).inspect(), networks),
  ]);
  return Object.fromEntries(await Promise.all(facts)) as Record<string, unknown>;
}
