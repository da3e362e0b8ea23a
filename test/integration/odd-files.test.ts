import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { startAxon } from "../helpers/run-axon.ts";

/** A directory with a Servicefile, and one beside it that is not the project's. */
function openFolder() {
  const root = mkdtempSync(join(tmpdir(), "axon-odd-"));
  const at = (name: string) => join(root, "site", name);
  const write = (name: string, text: string | Buffer) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  write("Servicefile", "web: {image: nginx}\n");
  write("../outside/base.yaml", "db: {image: redis}\n");
  write("../outside/a.env", "FROM_OUTSIDE=1\n");
  writeFileSync(join(root, "peak.cjs"), PEAK);
  return {
    at,
    write,
    link: (name: string, target: string) => symlinkSync(target, at(name)),
    pipe: (name: string) => execFileSync("/usr/bin/mkfifo", [at(name)]),
    /** And how much memory it took at most, in megabytes. */
    axon: async (...args: readonly string[]) => {
      const peak = join(root, "peak");
      const NODE_OPTIONS = `--require=${join(root, "peak.cjs")}`;
      const env = { NODE_OPTIONS, PEAK: peak, DOCKER_HOST: "tcp://127.0.0.1:1" };
      const run = await startAxon(args, { cwd: at(""), env }).ended;
      return { ...run, megabytes: Number(readFileSync(peak, "utf8")) / 1024 };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

type Folder = ReturnType<typeof openFolder>;

const PEAK = `process.on("exit", () => {
  require("node:fs").writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS));
});`;

interface Case {
  readonly what: string;
  prepare(folder: Folder): void;
  readonly code: string;
  readonly says: string;
  /** Of the place that is named, if one is. */
  readonly at?: string;
}

const hundredMegabytes = (name: string) => (folder: Folder) => {
  folder.write(name, "");
  truncateSync(folder.at(name), 100_000_000);
};

const including = (name: string) => (folder: Folder) =>
  folder.write("Servicefile", `web: {image: nginx}\nIncludes: [${name}]\n`);

const CASES: readonly Case[] = [
  {
    what: "a file of 100 MB",
    prepare: hundredMegabytes("Servicefile"),
    code: "FILE_UNREADABLE",
    says: "Servicefile is longer than 16 MiB",
  },
  {
    what: "an included file of 100 MB",
    prepare: (folder) => {
      including("big.yaml")(folder);
      hundredMegabytes("big.yaml")(folder);
    },
    code: "FILE_UNREADABLE",
    says: "big.yaml is longer than 16 MiB",
    at: "Servicefile:2:12",
  },
  {
    what: "a file of more than a million characters",
    prepare: ({ write }) => write("Servicefile", `web: {image: ${"x".repeat(1_000_000)}}\n`),
    code: "SERVICEFILE_SYNTAX",
    says: "the file has more than 1000000 characters",
    at: "Servicefile:1:1",
  },
  {
    what: "one line of 900,000 characters",
    prepare: ({ write }) => write("Servicefile", `web: {stp: 1, image: ${"x".repeat(900_000)}}\n`),
    code: "SERVICEFILE_INVALID",
    says: "web.stp is not a known key",
    at: "Servicefile:1:7",
  },
  {
    what: "a directory",
    prepare: ({ at }) => {
      rmSync(at("Servicefile"));
      mkdirSync(at("Servicefile"));
    },
    code: "FILE_UNREADABLE",
    says: "Servicefile is a directory",
  },
  {
    what: "a pipe into which nobody writes",
    prepare: ({ at, pipe }) => {
      rmSync(at("Servicefile"));
      pipe("Servicefile");
    },
    code: "FILE_UNREADABLE",
    says: "Servicefile is a pipe into which nobody writes",
  },
  {
    what: "a device",
    prepare: ({ at, link }) => {
      rmSync(at("Servicefile"));
      link("Servicefile", "/dev/zero");
    },
    code: "FILE_UNREADABLE",
    says: "Servicefile is a device or a socket, and not a file",
  },
  {
    what: "a symbolic link to itself",
    prepare: (folder) => {
      including("base.yaml")(folder);
      folder.link("base.yaml", "base.yaml");
    },
    code: "FILE_UNREADABLE",
    says: "base.yaml is a symbolic link that leads back to itself",
    at: "Servicefile:2:12",
  },
  {
    what: "bytes that are not UTF-8",
    prepare: ({ write }) => write("Servicefile", Buffer.from("web: {image: caf\xe9}\n", "latin1")),
    code: "FILE_UNREADABLE",
    says: "Servicefile is not UTF-8 text",
  },
  {
    what: "UTF-16",
    prepare: ({ write }) => write("Servicefile", Buffer.from("\uFEFFweb: {image: x}\n", "utf16le")),
    code: "FILE_UNREADABLE",
    says: "Servicefile is not UTF-8 text",
  },
  {
    what: "an empty file",
    prepare: ({ write }) => write("Servicefile", ""),
    code: "SERVICEFILE_INVALID",
    says: "there is nothing in it",
    at: "Servicefile:1:1",
  },
  {
    what: "a NUL character",
    prepare: ({ write }) => write("Servicefile", "web: {image: nginx, user: 'a\0b'}\n"),
    code: "SERVICEFILE_INVALID",
    says: "web.user has a NUL character in it",
    at: "Servicefile:1:21",
  },
  {
    what: "an include of a file outside",
    prepare: including("../outside/base.yaml"),
    code: "SERVICEFILE_INVALID",
    says: "outside of the directory of the Servicefile",
    at: "Servicefile:2:12",
  },
  {
    what: "an include of /etc/passwd",
    prepare: including("/etc/passwd"),
    code: "SERVICEFILE_INVALID",
    says: "outside of the directory of the Servicefile",
    at: "Servicefile:2:12",
  },
  {
    what: "an include of a link that leads out",
    prepare: (folder) => {
      including("base.yaml")(folder);
      folder.link("base.yaml", "../outside/base.yaml");
    },
    code: "FILE_UNREADABLE",
    says: "base.yaml leads out of the directory of the Servicefile",
    at: "Servicefile:2:12",
  },
  {
    what: "an include below a directory that leads out",
    prepare: (folder) => {
      including("conf/base.yaml")(folder);
      folder.link("conf", "../outside");
    },
    code: "FILE_UNREADABLE",
    says: "conf/base.yaml leads out of the directory of the Servicefile",
    at: "Servicefile:2:12",
  },
  {
    what: "an .env that leads out",
    prepare: ({ link }) => link(".env", "../outside/a.env"),
    code: "FILE_UNREADABLE",
    says: ".env leads out of the directory of the Servicefile",
  },
  {
    what: "files that include two others each, thirty times",
    prepare: ({ write }) => {
      write("29.yaml", "a29: {image: nginx, stp: 1}\n");
      write("Servicefile", "Includes: [0.yaml, 0.yaml]\n");
      for (let level = 0; level < 29; level += 1) {
        const next = `${level + 1}.yaml`;
        write(`${level}.yaml`, `Includes: [${next}, ${next}]\na${level}: {image: nginx}\n`);
      }
    },
    code: "SERVICEFILE_INVALID",
    says: "a29.stp is not a known key",
    at: "29.yaml:1:21",
  },
  {
    what: "a thousand files that include each other in a row",
    prepare: ({ write }) => {
      for (let level = 0; level < 1000; level += 1) {
        write(`${level}.yaml`, `Includes: [${level + 1}.yaml]\n`);
      }
      write("Servicefile", "Includes: [0.yaml]\n");
    },
    code: "SERVICEFILE_INVALID",
    says: "the Servicefile is made of more than 200 files",
    at: "199.yaml:1:12",
  },
  {
    what: "variables that are ten times the one before them, ten times",
    prepare: ({ write }) => {
      const vars = Array.from(
        { length: 10 },
        (_, i) => `  A${i + 1}: "${`\${A${i}}`.repeat(10)}"\n`,
      );
      write("Servicefile", `Vars:\n  A0: "0123456789"\n${vars.join("")}web: {image: nginx}\n`);
    },
    code: "SERVICEFILE_INVALID",
    says: "Vars.A6 has more than a million characters",
    at: "Servicefile:8:3",
  },
];

const named = CASES.map((one): [string, Case] => [one.what, one]);

test.each(named)("%s is one clear error, soon, and without much memory", async (_, odd) => {
  using folder = openFolder();
  odd.prepare(folder);
  const { exitCode, stdout, stderr, megabytes } = await folder.axon("validate");
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr.match(/^error \w+/gm)?.[0]).toBe(`error ${odd.code}`);
  expect(stderr).toContain(odd.says);
  expect(stderr.match(/--> (.*)$/m)?.[1]).toBe(odd.at);
  expect(stderr.length).toBeLessThan(2000);
  expect(megabytes).toBeLessThan(400);
});

test("a file that this user must not read is one clear error", async () => {
  using folder = openFolder();
  chmodSync(folder.at("Servicefile"), 0o000);
  // Root may read everything.
  const isRoot = process.getuid?.() === 0;
  chmodSync(join(folder.at(""), ".."), 0o755);
  cpSync("dist", join(folder.at(""), "dist"), { recursive: true });
  const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const command = [join(folder.at(""), "dist/axon.js"), "validate"];
  let stderr = "";
  try {
    execFileSync(process.execPath, command, { cwd: folder.at(""), stdio: "pipe", ...nobody });
  } catch (error) {
    stderr = String((error as { stderr: Buffer }).stderr);
  }
  expect(stderr).toContain("error FILE_UNREADABLE: Servicefile must not be read by this user");
});

test("what lies outside is read where --allow-outside says so: includes, overlays, files, secrets, env files, links", async () => {
  using folder = openFolder();
  folder.write("../outside/overlay.yaml", "db: {user: '1000'}\n");
  folder.write("axon.yaml", "targets: {there: {overlays: [../outside/overlay.yaml]}}\n");
  folder.link("linked.env", "../outside/a.env");
  folder.write(
    "Servicefile",
    `Includes: [../outside/base.yaml]
Files: {a: {file: ../outside/a.env}}
Secrets: {b: {file: ${folder.at("../outside/a.env")}}}
web: {image: nginx, env_file: [linked.env], files: {/a: a}, secrets: [b]}
`,
  );
  const command = ["config", "--target", "there"];
  const refused = await folder.axon(...command);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('targets.there.overlays[0] is "../outside/overlay.yaml"');
  const allowed = await folder.axon(...command, "--allow-outside");
  expect({ ...allowed, megabytes: 0 }).toMatchObject({ exitCode: 0, stderr: "" });
  expect(allowed.stdout).toContain('user: "1000"');
  expect(allowed.stdout).toContain("file: ../outside/a.env");
});

test("files, secrets and env files behind a link that leads out are read with --allow-outside, and not without", async () => {
  using folder = openFolder();
  await using site = openSite(`
Files: {a: {file: linked/a.env}}
Secrets: {b: {file: linked/a.env}}
web: {image: axon-example/sleeper, env_file: linked/a.env, files: {/etc/a: a}, secrets: [b]}
`);
  symlinkSync(folder.at("../outside"), join(site.directory, "linked"));
  const deploy = ["deploy", "-D", site.deployment, "--yes"];
  const refused = await site.axon(deploy);
  expect(refused).toExitWith(3);
  expect(refused.stderr).toContain(
    "linked/a.env leads out of the directory of the Servicefile\n  --> Servicefile:",
  );
  expect(refused.stderr).toContain("or give --allow-outside");
  expect(await site.containers()).toEqual([]);
  expect(await site.axon([...deploy, "--allow-outside"])).toExitWith(0);
  expect((await site.inspect("web")).Config.Env).toContain("FROM_OUTSIDE=1");
});

test("CRLF, a byte order mark and names of all kinds are understood", async () => {
  using folder = openFolder();
  folder.write(".env", "\uFEFFTAG=1\r\n");
  folder.write(
    "Servicefile",
    `\uFEFFweb:\r\n  image: "nginx:\${TAG}"\r\n  env:\r\n    A: |\r\n      one\r\n      two\r\nconstructor: {image: nginx}\r\nnginx.org/a/b.c:1: {stp: 1}\r\n`,
  );
  const { exitCode, stderr } = await folder.axon("validate");
  expect(exitCode).toBe(3);
  expect(stderr).toContain("is not a known key\n  --> Servicefile:8:21\n");
  folder.write("Servicefile", `\uFEFFweb: {image: nginx, stp: 1}\r\n`);
  expect((await folder.axon("validate")).stderr).toContain(
    "  --> Servicefile:1:21\n   | web: {image: nginx, stp: 1}\n   |                     ^\n",
  );
});

test("a pipe is read to its end from whoever writes into it", () => {
  using folder = openFolder();
  const axon = `"${process.execPath}" "${resolve("dist/axon.js")}" validate -D x`;
  const piped = [
    `${axon} <(echo "web: {image: nginx}")`,
    // Nothing is in the pipe yet when it is opened.
    `${axon} <("${process.execPath}" -p "'web: {image: nginx}'")`,
    `echo "web: {image: nginx}" | ${axon} /dev/stdin`,
  ];
  for (const command of piped) {
    const run = execFileSync("bash", ["-c", command], { cwd: folder.at(""), encoding: "utf8" });
    expect(run).toContain("is valid: deployment x, 1 service.");
  }
});

test("what objects inherit are names like any other: deployed, they are no change", async () => {
  await using site = openSite(`
constructor:
  image: axon-example/sleeper
  env: {__proto__: a, constructor: b, toString: c, hasOwnProperty: d}
  labels: {__proto__: a, constructor: b}
  ports: {constructor: 8000, valueof: 8001}
  volumes: {constructor: /srv/a}
  files: {/etc/a: toString, /etc/b: constructor}
  require: valueof
  bootstrap: {constructor: "true"}
valueof: {image: axon-example/sleeper}
Env: {valueof: {__proto__: z}}
Files: {toString: {content: a}, constructor: {content: b}}
Config: {__proto__: a, constructor: {toString: b}}
`);
  expect(await site.deploy()).toExitWith(0);
  const { Config } = await site.inspect("constructor");
  expect(Config.Env).toEqual(
    expect.arrayContaining(["__proto__=a", "constructor=b", "toString=c", "hasOwnProperty=d"]),
  );
  expect(Config.Labels).toMatchObject({ constructor: "b" });
  expect((await site.inspect("valueof")).Config.Env).toContain("__proto__=z");
  expect(await site.keys(`axon/${site.deployment}/config/`)).toMatchObject(
    Object.fromEntries([
      [`axon/${site.deployment}/config/__proto__`, "a"],
      [`axon/${site.deployment}/config/constructor/toString`, "b"],
    ]),
  );
  expect((await site.axon(["plan", "-D", site.deployment])).stdout).toBe("No changes.\n");
});
