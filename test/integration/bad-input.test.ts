import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";

const SLEEPER = "image: axon-example/sleeper";

const ALIAS_BOMB = ["b", "c", "d", "e", "f", "g"].reduce(
  (text, name, index) =>
    `${text}x-${name}: &${name} [${Array(9).fill(`*${"abcdef"[index]}`).join(",")}]\n`,
  `x-a: &a [l,l,l,l,l,l,l,l,l]\n`,
);

interface Case {
  readonly what: string;
  readonly file: string;
  readonly code: string;
  /** Of the place in the file. */
  readonly at: string;
  readonly says: string;
}

const CASES: readonly Case[] = [
  {
    what: "an empty file",
    file: "",
    code: "SERVICEFILE_INVALID",
    at: "1:1",
    says: "nothing in it",
  },
  {
    what: "a list at the top",
    file: `- web\n- redis\n`,
    code: "SERVICEFILE_INVALID",
    at: "1:1",
    says: "list",
  },
  {
    what: "a tab as indentation",
    file: `web:\n\t${SLEEPER}\n`,
    code: "SERVICEFILE_SYNTAX",
    at: "2:1",
    says: "a tab is used as indentation",
  },
  {
    what: "a key that is there twice",
    file: `web: {${SLEEPER}}\nweb: {${SLEEPER}}\n`,
    code: "SERVICEFILE_SYNTAX",
    at: "2:1",
    says: 'the key "web" is there twice, first on line 1',
  },
  {
    what: "an alias bomb",
    file: `${ALIAS_BOMB}web: {${SLEEPER}}\n`,
    code: "SERVICEFILE_SYNTAX",
    at: "5:10",
    says: "the aliases come to more than 10000 values",
  },
  {
    what: "an unknown key",
    file: "web:\n  imgae: axon-example/sleeper\n",
    code: "SERVICEFILE_INVALID",
    at: "2:3",
    says: 'did you mean "image"?',
  },
  {
    what: "a value of the wrong type",
    file: "web:\n  image: [axon-example/sleeper]\n",
    code: "SERVICEFILE_INVALID",
    at: "2:3",
    says: "web.image must be the name of an image, and is a list",
  },
  {
    what: "a circle in require",
    file: `a: {${SLEEPER}, require: b}\nb: {${SLEEPER}, require: c}\nc: {${SLEEPER}, require: a}\n`,
    code: "REQUIRE_CYCLE",
    at: "1:34",
    says: "a -> b -> c -> a",
  },
  {
    what: "a require of something unknown",
    file: `web: {${SLEEPER}, require: redsi}\nredis: {${SLEEPER}}\n`,
    code: "REQUIRE_UNKNOWN",
    at: "1:36",
    says: 'did you mean "redis"?',
  },
  {
    what: "a require of something that comes in a later step",
    file: `web: {${SLEEPER}, step: 2, require: redis}\nredis: {${SLEEPER}, step: 3}\n`,
    code: "REQUIRE_LATER_STEP",
    at: "1:45",
    says: "redis, which comes later (step 3)",
  },
  {
    what: "two keys that name one service",
    file: `axon-example/sleeper:\nsleeper: {${SLEEPER}}\n`,
    code: "SERVICE_DUPLICATE",
    at: "2:1",
    says: "axon-example/sleeper on line 1",
  },
  {
    what: "a port name that does not exist",
    file: `web:\n  ${SLEEPER}\n  ports: {http: 8000}\n  publish: {"127.0.0.1:0": htp}\n`,
    code: "PORT_UNKNOWN",
    at: "4:13",
    says: 'web has no port "htp"; it has: http',
  },
  {
    what: "a domain that leads to no service",
    file: `Deployment: bad\nDomains: {example.org: "bad:wbe"}\nweb: {${SLEEPER}}\n`,
    code: "DOMAIN_TARGET_UNKNOWN",
    at: "2:11",
    says: 'did you mean "web"?',
  },
];

const named = CASES.map((bad): [string, Case] => [bad.what, bad]);

test.each(named)("%s is one clear error with its place, and nothing is changed", async (_, bad) => {
  await using engine = await startEngineProxy();
  await using site = openSite(bad.file, { ownStore: true });
  const through = { DOCKER_HOST: `tcp://${engine.address}` };
  const { exitCode, stdout, stderr } = await site.axon(["deploy", "-D", site.deployment], through);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr.match(/^error \w+/gm)).toEqual([`error ${bad.code}`]);
  expect(stderr).toContain(`--> Servicefile:${bad.at}\n`);
  expect(stderr).toContain(bad.says);
  expect(engine.mutations()).toEqual([]);
});

test("all problems of a file are told at once, sorted by place", async () => {
  await using site = openSite(
    "a: {image: x, stp: 3}\nb: {imgae: y}\nc: {image: z, restart: maybe}\n",
  );
  const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment]);
  expect(exitCode).toBe(3);
  const places = stderr.match(/--> Servicefile:\d+/g);
  expect(places).toEqual([1, 2, 3].map((line) => `--> Servicefile:${line}`));
  expect(stderr).toContain("3 problems");
});

test("problems that only the images show are told all at once, too", async () => {
  await using site = openSite(`\
a: {${SLEEPER}, publish: {"127.0.0.1:0": http}}
b: {image: axon-example/nova, entrypoint_of: nothing}
c: {${SLEEPER}, require: {nobody: started}}
`);
  const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment]);
  expect(exitCode).toBe(3);
  expect(stderr.match(/^error \w+/gm)).toEqual([
    "error PORT_UNKNOWN",
    "error ENTRYPOINT_UNKNOWN",
    "error REQUIRE_UNKNOWN",
  ]);
});

test("an error does not repeat a secret from the line that it is about", async () => {
  await using site = openSite('web: {image: x, stp: 1, env: {PASSWORD: "opensesame"}}\n');
  const { stderr } = await site.axon(["plan", "-D", site.deployment]);
  expect(stderr).toContain("web.stp is not a known key");
  expect(stderr).not.toContain("opensesame");
});

test("a file that is not there, and a command line that cannot be understood, exit 3", async () => {
  await using site = openSite();
  const commands = [
    ["plan", "nowhere"],
    ["deploy", "--wrong"],
    ["dploy"],
    ["destroy"],
    ["plan", "-D", "Not_A_Name", "Servicefile"],
  ];
  const runs = [];
  for (const command of commands) runs.push(await site.axon(command));
  expect(runs.map(({ exitCode, stdout }) => ({ exitCode, stdout }))).toEqual(
    commands.map(() => ({ exitCode: 3, stdout: "" })),
  );
  expect(runs[0]?.stderr).toContain("error FILE_UNREADABLE: nowhere is not there");
  expect(runs[2]?.stderr).toContain("Did you mean deploy?");
});
