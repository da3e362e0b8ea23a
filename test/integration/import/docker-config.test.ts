import { expect, test } from "vitest";
import { execIn, openSite } from "../../helpers/axon.ts";

const CONFIG = `\
docker_config:
  step_2:
    api_seed:
      image: axon-example/sleeper
      net: none
      user: root
      detach: false
      command: [/bin/sh, -c, "echo seeded > /shared/seed"]
      volumes: ["shared:/shared"]
  step_4:
    api:
      start_order: 2
      image: axon-example/sleeper
      net: host
      restart: always
      environment: ["STRATEGY=COPY_ALWAYS", "PRICE=5\${x}"]
      volumes: ["shared:/shared:ro", /etc/hosts:/etc/hosts:ro]
      healthcheck: {test: "true", interval: 1}
      ulimit: ["nofile=512", "core=0:1"]
      cap_add: [SYS_TIME]
      log_driver: json-file
      log_opt: [max-size=10m]
      memory: 64m
      cpu_shares: 512
      stop_signal: SIGQUIT
    api_helper:
      start_order: 1
      image: axon-example/sleeper
      detach: false
      command: [/bin/sh, -c, "grep -q seeded /shared/seed && exit 2"]
      exit_codes: [0, 2]
      volumes_from: [api]
    api_warm_up:
      start_order: 3
      action: exec
      command: api test -f /shared/seed
`;

test("steps and containers of a docker_config become what they say, in their order", async () => {
  await using site = openSite();
  site.write("config.yaml", CONFIG);
  const imported = await site.axon(["import", "docker-config", "config.yaml", "-o", "Servicefile"]);
  expect(imported).toExitWith(0);
  expect(await site.deploy()).toExitWith(0);

  const { Config, HostConfig, Mounts } = await site.inspect("api");
  expect(Config.Env).toEqual(expect.arrayContaining(["STRATEGY=COPY_ALWAYS", `PRICE=5\${x}`]));
  expect(Config).toMatchObject({ StopSignal: "SIGQUIT" });
  expect(Config.Healthcheck).toMatchObject({ Test: ["CMD-SHELL", "true"], Interval: 1e9 });
  expect(HostConfig).toMatchObject({
    NetworkMode: "host",
    RestartPolicy: { Name: "always" },
    CapAdd: [expect.stringMatching(/^(CAP_)?SYS_TIME$/)],
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 1 },
      { Name: "nofile", Soft: 512, Hard: 512 },
    ],
    LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
    Memory: 64 * 1024 ** 2,
    CpuShares: 512,
  });
  expect(Mounts.map(({ Destination, RW }) => [Destination, RW]).sort()).toEqual([
    ["/etc/hosts", false],
    ["/shared", false],
  ]);
  expect(await execIn(`${site.deployment}-api-1`, ["cat", "/shared/seed"])).toBe("seeded\r\n");
  const started = (await site.events()).filter(({ action }) => action === "start");
  expect(started.map(({ of }) => of)).toEqual(["api-seed", "api-helper", "api", "api-warm-up"]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
