import { expect, test } from "vitest";
import { execIn, listNetworks, openSite, type Site } from "../helpers/axon.ts";

/** Engines of one machine share its addresses; nobody else takes these. */
function file(site: Site, back: string): string {
  return `\
Networks:
  front: {labels: {com.example.team: web}}
  back: ${back}
  office: {external: true, name: ${site.deployment}-office}
web:
  image: axon-example/sleeper
  networks: [front, back, default]
db:
  image: axon-example/sleeper
  networks: {back: {aliases: [mysql], ipv4_address: 10.213.77.10}, office: }
`;
}

const OPTIONS = "driver_opts: {com.docker.network.bridge.enable_icc: true}, attachable: true";
const SUBNET =
  "{subnet: 10.213.77.0/24, ip_range: 10.213.77.128/25, gateway: 10.213.77.3, aux_addresses: {a: 10.213.77.4}}";

async function officeOf(site: Site): Promise<AsyncDisposable> {
  const Name = `${site.deployment}-office`;
  const Labels = { "axon.test": process.env.AXON_TEST_RUN ?? "" };
  const network = await site.docker.createNetwork({ Name, Labels });
  return { [Symbol.asyncDispose]: () => network.remove({ force: true }) };
}

test("services are on the networks that they name, and those are as the file has them", async () => {
  await using site = openSite();
  const { deployment } = site;
  await using _office = await officeOf(site);
  await using _deployed = { [Symbol.asyncDispose]: () => removed(site) };
  await site.deploy(file(site, `{internal: true, ${OPTIONS}, ipam: {config: [${SUBNET}]}}`));

  const back = await site.docker.getNetwork(`${deployment}_back`).inspect();
  expect(back).toMatchObject({
    Driver: "bridge",
    Internal: true,
    Attachable: true,
    Options: { "com.docker.network.bridge.enable_icc": "true" },
    IPAM: {
      Config: [
        {
          Subnet: "10.213.77.0/24",
          IPRange: "10.213.77.128/25",
          Gateway: "10.213.77.3",
          AuxiliaryAddresses: { a: "10.213.77.4" },
        },
      ],
    },
  });
  const front = await site.docker.getNetwork(`${deployment}_front`).inspect();
  expect(front.Labels).toMatchObject({ "com.example.team": "web" });
  const { NetworkSettings } = await site.inspect("db");
  expect(Object.keys(NetworkSettings.Networks).sort()).toEqual([
    `${deployment}-office`,
    `${deployment}_back`,
  ]);
  expect(NetworkSettings.Networks[`${deployment}_back`]).toMatchObject({
    IPAddress: "10.213.77.10",
    Aliases: expect.arrayContaining(["db", "mysql"]),
  });
  const ping = ["ping", "-c", "1", "-W", "5", "mysql"];
  expect(await execIn(`${deployment}-web-1`, ping)).toContain("mysql (10.213.77.10)");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a network that differs is made anew below containers that stay, unless others are on it", async () => {
  await using site = openSite();
  const { deployment, docker } = site;
  await using _office = await officeOf(site);
  await using _deployed = { [Symbol.asyncDispose]: () => removed(site) };
  await site.deploy(file(site, `{ipam: {config: [${SUBNET}]}}`));
  const before = await site.inspect("db");

  const changed = file(site, `{internal: true, ipam: {config: [{subnet: 10.213.77.0/24}]}}`);
  site.write("Servicefile", changed);
  const planned = await site.axon(["plan", "-D", deployment]);
  expect(planned.stdout).toContain("internal: false -> true  # forces replacement");

  const Image = "axon-example/sleeper";
  const guest = await docker.createContainer({
    Image,
    Labels: { "axon.test": process.env.AXON_TEST_RUN ?? "" },
    HostConfig: { NetworkMode: `${deployment}_back` },
  });
  const refused = await site.axon(["deploy", "-D", deployment, "--yes"]);
  expect(refused).toExitWith(1);
  expect(refused.stderr).toContain("NETWORK_IN_USE");
  await guest.remove({ force: true });

  await site.deploy();
  const after = await site.inspect("db");
  expect(after.Id).toBe(before.Id);
  expect(after.State.StartedAt).toBe(before.State.StartedAt);
  expect(after.NetworkSettings.Networks[`${deployment}_back`]).toMatchObject({
    IPAddress: "10.213.77.10",
  });
  expect((await docker.getNetwork(`${deployment}_back`).inspect()).Internal).toBe(true);
  const ping = (name: string) =>
    execIn(`${deployment}-web-1`, ["ping", "-c", "1", "-W", "5", name]);
  expect(await ping("mysql")).toContain("mysql (10.213.77.10)");
  expect(await ping("consul")).toContain("1 packets received");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  const [{ Id } = { Id: "" }] = (await listNetworks(deployment)).filter(({ Name }) =>
    Name.endsWith("_front"),
  );
  await site.deploy("db: {image: axon-example/sleeper}\n");
  await expect(docker.getNetwork(Id).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("a service that is not on the deployment's network reaches the managed store all the same", async () => {
  await using site = openSite("Networks: {back: {internal: true}}\n");
  await site.deploy(
    "Networks: {back: {internal: true}}\napp: {image: axon-example/sleeper, networks: [back]}\n",
  );
  const get = ["wget", "-q", "-O", "-", "http://consul:8500/v1/status/leader"];
  expect(await execIn(`${site.deployment}-app-1`, get)).toContain(":8300");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("an external network or volume that is not there is told before anything is made", async () => {
  await using site = openSite(`\
Networks: {office: {external: true, name: no-such-office}}
Volumes: {archive: {external: true, name: no-such-archive}}
app: {image: axon-example/sleeper, networks: [office], volumes: ["archive:/archive"]}
`);
  const refused = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(refused).toExitWith(1);
  expect(refused.stderr).toContain("the external network no-such-office is not there");
  expect(refused.stderr).toContain("the external volume no-such-archive is not there");
  expect(await listNetworks(site.deployment)).toEqual([]);
});

/** Before the network of others goes. */
async function removed(site: Site): Promise<void> {
  for (const { Id } of await site.containers()) {
    await site.docker.getContainer(Id).remove({ force: true, v: true });
  }
}
