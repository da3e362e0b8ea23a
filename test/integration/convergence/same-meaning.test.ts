import { expect, test } from "vitest";
import { openSite } from "../../helpers/axon.ts";

/** Some of all that a Servicefile can say, in long forms. */
const ONE = `\
Env: {BRANDING: Company Ltd., LEVEL: info, web: {WORKERS: 4}}
Vars: {SIZE: large}
Config: {cache: {size: 256m, ttl: 60}, "feature/search": on}
Files: {site: {file: conf/site.conf}, note: {content: "hello\\n"}}
Secrets: {db: {file: db.secret}}
Domains:
  shop.example.org: {http: "shop:web:http", path: /shop}
  www.example.org: {http: "shop:web"}
Deployment: shop

web:
  image: axon-example/sleeper
  cmd: [/bin/sh, -c, exec sleeper]
  entrypoint: [/usr/bin/env, "X=a b"]
  ports: {http: 8000, metrics: 9000}
  publish: {"127.0.0.1:0": http, "0": 9000}
  env: {VERSION: 1.10, DEBUG: "no", SIZE: "\${SIZE}", COLOUR: green}
  files: {/etc/site.conf: site, /etc/note: {name: note, mode: 0640}}
  secrets: [db]
  require: {db: started, sleeper: started}
  bootstrap: {bootstrap: {cmd: [/bin/sh, -c, echo once], exit_codes: [0, 4]}}
  healthcheck: {test: [CMD-SHELL, "true"], interval: 1s, timeout: 1m30s, retries: 4}
  step: 4

db:
  image: axon-example/sleeper
  volumes: {data: /srv/db, log: /var/log/db}
  memory: 64m
  cpus: 0.5
  pids_limit: -1
  restart: on-failure:3
  user: "0:0"
  networks: {default: {aliases: [sql, mysql]}}
  cap_add: [NET_ADMIN, SYS_TIME]
  cap_drop: [MKNOD]
  group_add: [1001, 1002]
  extra_hosts: {one: 10.0.0.1, two: 10.0.0.2}
  shm_size: 128m
  read_only: false
  scale: 1

sleeper: {image: axon-example/sleeper, healthcheck: {disable: true}}

tuned:
  image: axon-example/sleeper
  volumes: ["data:/srv/data", "log:/var/log/tuned:ro"]
  working_dir: /srv
  tmpfs: ["/run:size=64m,mode=1777"]
  labels: {com.example.team: web, com.example.count: 3}
  logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}
  stop_signal: SIGTERM
  stop_grace_period: 1m30s
  security_opt: ["no-new-privileges", "apparmor=unconfined"]
  devices: [/dev/null:/dev/null:rwm]
  sysctls: {net.core.somaxconn: 1024}
  ulimits: {nofile: {soft: 1024, hard: 1024}, nproc: 512}
  dns: [10.0.0.53]
  dns_search: [example.org]
  ipc: private
  memory: 64m
  memory_swap: 128m
  memory_reservation: 32m
  cpu_shares: 512
  cpuset: 0-1
  pids_limit: 100

job: {image: axon-example/sleeper, cmd: echo done, detach: false, step: 3}
`;

/** The same in other words. */
const OTHER = `\
# Nothing of this is new.
Includes: [base.yaml]
x-image: &image {image: "axon-example/sleeper:latest"}
Files:
  note: {content: "hello\\n"}
  site: {file: ./conf/../conf/site.conf}
Domains:
  WWW.example.org: shop:web
  shop.example.org:
    path: /shop/
    http: shop:web:http

job:
  <<: *image
  detach: false
  step: 2            # and nobody waits for it
  command: echo done

axon-example/sleeper: {healthcheck: false, step: 2}

tuned:
  <<: *image
  deploy: {resources: {limits: {memory: 65536k, pids: 100}, reservations: {memory: 32768k}}}
  cpuset: 0,1
  cpu_shares: 512
  memswap_limit: 134217728
  ipc: private
  dns_search: example.org
  dns: 10.0.0.53
  ulimits: {nproc: {hard: 512, soft: 512}, nofile: 1024}
  sysctls: [net.core.somaxconn=1024]
  devices: [{source: /dev/null}]
  security_opt: ["apparmor:unconfined", "no-new-privileges:true"]
  stop_grace_period: 90
  stop_signal: term
  logging: {options: {max-file: "3", max-size: 10m}, driver: json-file}
  labels: [com.example.count=3, com.example.team=web]
  tmpfs: "/run/:mode=1777,size=64m"
  working_dir: /srv/
  volumes: [{type: volume, source: log, target: /var/log/tuned/, read_only: true}, {type: volume, source: data, target: /srv//data}]

web:
  <<: *image
  restart: unless-stopped
  healthcheck: {retries: 4, timeout: 90, interval: 1000ms, test: "true"}
  require: sleeper, db
  bootstrap: {bootstrap: {command: echo once, exit_codes: [4, 0, 4], step: 2}}
  secrets: [{name: db, target: /run/secrets/db/, mode: 0400}]
  files:
    /etc/note/: {mode: "640", name: note}
    /etc/site.conf: {name: site}
  env_file: web.env
  environment: [VERSION=1.10, "SIZE=large"]
  wan_map: ["9000", "127.0.0.1::8000"]
  ports: {metrics: 9000, http: 8000}
  entrypoint: /usr/bin/env "X=a b"
  cmd: exec sleeper

db:
  <<: *image
  scale: 1
  step: 1
  shm_size: 131072k
  extra_hosts: ["two:10.0.0.2", "one:10.0.0.1"]
  group_add: ["1002", 1001]
  cap_drop: [cap_mknod]
  cap_add: [CAP_SYS_TIME, net_admin, NET_ADMIN]
  networks: {default: {aliases: [mysql, db, sql, mysql]}}
  user: 0:0
  restart: "on-failure:3"
  cpus: ".50"
  mem_limit: 65536KB
  volumes:
    log: "/var/log//db/"
    data: /srv/db/
`;

const BASE = `\
Deployment: shop
Config:
  feature: {search: on}
  cache/ttl: 60
  cache/size: 256m
Secrets: {db: {file: ./db.secret}}
Env:
  web:
    WORKERS: "4"
  LEVEL: info
  BRANDING: 'Company Ltd.'
`;

const ENV_FILE = `\
# of web
export COLOUR='green'
DEBUG="no"
`;

/** The first one, put together for a place. */
const TEMPLATE = ONE.replace("SIZE: large", "SIZE: small")
  .replace("COLOUR: green", "COLOUR: red")
  .replace("scale: 1", "scale: 2");
const OVERLAY = "web: {env: {COLOUR: green}}\n";
const targetFor = (deployment: string) => `\
targets:
  here: {deployment: ${deployment}, overlays: [overlay.yaml], vars: {SIZE: large}, scale: {db: 1}}
`;

test("other words for the same things, in another order and in other files, are no change", async () => {
  await using site = openSite();
  site.write("conf/site.conf", "site\n");
  site.write("db.secret", "open");
  site.write("base.yaml", BASE);
  site.write("web.env", ENV_FILE);
  site.write("overlay.yaml", OVERLAY);
  site.write("axon.yaml", targetFor(site.deployment));
  await site.deploy(ONE);
  const ids = async () => (await site.containers()).map(({ Id }) => Id);
  const before = await ids();

  expect((await site.deploy(OTHER)).stdout).toBe("No changes.\n");
  site.write("Servicefile", TEMPLATE);
  const deploy = await site.axon(["deploy", "--target", "here", "--yes"]);
  expect(deploy).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
  expect(await ids()).toEqual(before);
});
