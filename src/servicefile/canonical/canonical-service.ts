import type { Report } from "../problems/problem.ts";
import type { ServiceEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalBootstrap, stepOf } from "./canonical-bootstrap.ts";
import { canonicalCommand, canonicalEntrypoint } from "./canonical-command.ts";
import { canonicalEnding } from "./canonical-ending.ts";
import { canonicalEnv } from "./canonical-env.ts";
import { canonicalEnvFiles } from "./canonical-env-files.ts";
import { canonicalHealthcheck } from "./canonical-healthcheck.ts";
import { canonicalImagePolicy } from "./canonical-image-policy.ts";
import { canonicalInit } from "./canonical-init.ts";
import { canonicalLimits } from "./canonical-limits.ts";
import { canonicalMounts } from "./canonical-mounts.ts";
import { withShared } from "./canonical-namespaces.ts";
import { canonicalNetworks } from "./canonical-networks.ts";
import { canonicalOptions } from "./canonical-options.ts";
import { canonicalPlaced } from "./canonical-placed.ts";
import { canonicalPort, canonicalPorts } from "./canonical-ports.ts";
import { canonicalPublish, publishedInPorts } from "./canonical-publish.ts";
import { canonicalRequire } from "./canonical-require.ts";
import { canonicalRestart } from "./canonical-restart.ts";
import { canonicalScale, canonicalUpdate } from "./canonical-update.ts";
import { canonicalVolumes } from "./canonical-volumes.ts";
import { eitherOf } from "./either-of.ts";
import { nameService } from "./service-name.ts";

export function canonicalService(key: string, body: Tree, report: Report): ServiceEntry {
  const ports = childOf(body, "ports");
  const options = canonicalOptions(body, report);
  const publish = eitherOf(body, ["publish", "wan_map"], report);
  const detach = childOf(body, "detach");
  return {
    ...nameService(key, body, report),
    key,
    command: canonicalCommand(eitherOf(body, ["cmd", "command"], report)),
    entrypoint: canonicalEntrypoint(childOf(body, "entrypoint"), report),
    entrypointOf: textOf(childOf(body, "entrypoint_of")),
    env: canonicalEnv(eitherOf(body, ["env", "environment"], report), report),
    envFiles: canonicalEnvFiles(childOf(body, "env_file"), report),
    files: canonicalPlaced(body, report),
    volumes: canonicalVolumes(childOf(body, "volumes"), report),
    mounts: canonicalMounts(childOf(body, "volumes"), report),
    ports: canonicalPort(body, report) ?? canonicalPorts(ports, report),
    publish: [...canonicalPublish(publish, report), ...publishedInPorts(ports, report)],
    require: withShared(canonicalRequire(childOf(body, "require"), report), options, key),
    step: stepOf(childOf(body, "step")),
    detach: detach?.kind === "scalar" ? detach.value === true : undefined,
    ...canonicalEnding(body, report),
    bootstrap: canonicalBootstrap(childOf(body, "bootstrap"), report),
    init: canonicalInit(childOf(body, "init"), report),
    healthcheck: canonicalHealthcheck(childOf(body, "healthcheck"), report),
    restart: canonicalRestart(childOf(body, "restart")),
    networks: canonicalNetworks(childOf(body, "networks"), report),
    ...canonicalImagePolicy(body, report),
    scale: canonicalScale(childOf(body, "scale")),
    update: canonicalUpdate(childOf(body, "update"), report),
    limits: canonicalLimits(body, report),
    options,
  };
}
