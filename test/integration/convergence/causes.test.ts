import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { createImage } from "../../helpers/test-image.ts";

const [OLD, NEW] = ["open-sesame", "close-sesame"];

interface Cause {
  readonly title: string;
  readonly sections?: string;
  /** Keys of the service that uses it, and of one that uses something beside it. */
  readonly user: string;
  readonly neighbour: string;
  /** Gives the user's thing this value. */
  readonly set: (site: Site, value: string) => unknown;
  /** What the plan says of the user. */
  readonly says: string;
}

const CAUSES: readonly Cause[] = [
  {
    title: "the content of a file",
    sections: "Files: {used: {file: conf/used}, other: {content: the same}}",
    user: "files: {/etc/used: used}",
    neighbour: "files: {/etc/used: other}",
    set: (site, value) => site.write("conf/used", value),
    says: "files./etc/used: sha256:d7ecdf25eaf3 -> sha256:30a6420e9fb5  # content changed",
  },
  {
    title: "the content of an env file",
    user: "env_file: [common.env, used.env]",
    neighbour: "env_file: common.env",
    set: (site, value) => {
      site.write("common.env", "COLOUR=green\n");
      site.write("used.env", `SIZE=${value}\n`);
    },
    says: `env.SIZE: "${OLD}" -> "${NEW}"`,
  },
  {
    title: "a key of Config",
    sections: `Config: {size: "\${SIZE}", colour: green}`,
    user: `env: {SIZE: "\${store.size}"}`,
    neighbour: `env: {COLOUR: "\${store.colour}"}`,
    set: (site, value) => site.write(".env", `SIZE=${value}\n`),
    says: `env.SIZE: "${OLD}" -> "${NEW}"`,
  },
  {
    title: "a key of the store that somebody else writes",
    user: `env: {SIZE: "\${store.size:-${OLD}}"}`,
    neighbour: `env: {COLOUR: "\${store.colour:-green}"}`,
    // Until it is there, what stands behind :- does for it.
    set: async (site, value) => {
      if (value !== OLD) await site.putKey(`axon/${site.deployment}/config/size`, value);
    },
    says: `env.SIZE: "${OLD}" -> "${NEW}"`,
  },
];

const SECRETS = "Secrets: {used: {file: used.secret}, other: {file: other.secret}}";

const SECRET_CAUSES: readonly Cause[] = [
  {
    title: "a secret in a variable",
    sections: SECRETS,
    user: `env: {URL: "amqp://guest:\${secret.used}@broker"}`,
    neighbour: `env: {URL: "amqp://guest:\${secret.other}@broker"}`,
    set: setSecret,
    says: "env.URL: (sensitive, changed)",
  },
  {
    title: "a secret in a file",
    sections: SECRETS,
    user: "secrets: [used]",
    neighbour: "secrets: [other]",
    set: setSecret,
    says: "files./run/secrets/used: (sensitive, changed)  # content changed",
  },
];

function setSecret(site: Site, value: string): void {
  site.write("used.secret", value);
  site.write("other.secret", OLD);
}

for (const cause of CAUSES) {
  test(`when ${cause.title} changes, the service that uses it is replaced, and no other`, async () => {
    await using site = openSite();
    await deployWith(site, cause);
    await cause.set(site, NEW);
    await expectUserReplaced(site, cause.says);
  });
}

for (const cause of SECRET_CAUSES) {
  test(`when ${cause.title} changes, its user alone is replaced, and the secret is shown nowhere`, async () => {
    await using site = openSite();
    const said = [await deployWith(site, cause)];
    await cause.set(site, NEW);
    const json = await site.axon(["plan", "-D", site.deployment, "--json"]);
    said.push(json.stdout, await expectUserReplaced(site, cause.says));
    const labels = (await site.containers()).map(({ Labels }) => JSON.stringify(Labels));
    const state = await site.keys(`axon/${site.deployment}/state/`);
    for (const text of [...said, ...labels, JSON.stringify(state)]) {
      for (const secret of [OLD, NEW]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString("base64"));
      }
    }
  });
}

test("when a tag has moved, the service that runs its image is replaced, and no other", async () => {
  await using used = await createImage("axon-example/sleeper", ["ENV EDITION=first"]);
  await using other = await createImage("axon-example/sleeper", ["ENV EDITION=other"]);
  await using site = openSite();
  await site.deploy(`user: {image: ${used.reference}}\nneighbour: {image: ${other.reference}}\n`);
  const moved = await used.move(["ENV EDITION=second"]);
  const short = (id: string) => id.slice(0, "sha256:".length + 12);
  await expectUserReplaced(
    site,
    `image: ${short(used.id)} -> ${short(moved)}  # same tag, forces replacement`,
  );
  expect((await site.inspect("user")).Image).toBe(moved);
});

/** Answers what the deploy wrote. */
async function deployWith(site: Site, { sections = "", user, neighbour, set }: Cause) {
  await set(site, OLD);
  const { stdout, stderr } = await site.deploy(`\
${sections}
user: {image: axon-example/sleeper, ${user}}
neighbour: {image: axon-example/sleeper, ${neighbour}}
`);
  return stdout + stderr;
}

/** Plans and deploys what has changed; answers all that was written meanwhile. */
async function expectUserReplaced(site: Site, says: string): Promise<string> {
  const [user, neighbour] = await idsOf(site);
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toMatch(/^-\/\+ user +replace/m);
  expect(plan.stdout).toContain(says);
  expect(plan.stdout).not.toContain("neighbour");
  const deploy = await site.deploy();
  const [userAfter, neighbourAfter] = await idsOf(site);
  expect(userAfter).not.toBe(user);
  expect(neighbourAfter).toBe(neighbour);
  return [plan.stdout, plan.stderr, deploy.stdout, deploy.stderr].join("\n");
}

function idsOf(site: Site): Promise<string[]> {
  return Promise.all(
    ["user", "neighbour"].map(async (service) => (await site.inspect(service)).Id),
  );
}
