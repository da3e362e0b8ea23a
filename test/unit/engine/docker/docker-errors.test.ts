import { expect, test } from "vitest";
import {
  DockerRefusal,
  fromDockerError,
  isStatus,
} from "../../../../src/engine/docker/docker-errors.ts";
import type { ErrorCode } from "../../../../src/errors.ts";

const ATTEMPT = { doing: "start container 3f2a", address: "unix:///run/docker.sock" };

test.each<[number, string, ErrorCode]>([
  [500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated", "PORT_TAKEN"],
  [500, "listen tcp4 0.0.0.0:80: bind: address already in use", "PORT_TAKEN"],
  [409, 'Conflict. The container name "/a" is already in use by container "1".', "NAME_TAKEN"],
  [409, "network with name shop already exists", "NAME_TAKEN"],
  [404, "No such image: web:1", "IMAGE_UNAVAILABLE"],
  [404, "No such container: 3f2a", "ENGINE_REFUSED"],
  [500, "anything else", "ENGINE_REFUSED"],
])("an answer %i, %s is %s", (status, message, code) => {
  const cause = new DockerRefusal(status, message);
  const error = fromDockerError(cause, ATTEMPT);
  expect(error).toMatchObject({ code, cause });
  expect(isStatus(error, status)).toBe(true);
});

test.each<[string, ErrorCode]>([
  ["ENOENT", "ENGINE_UNREACHABLE"],
  ["ECONNREFUSED", "ENGINE_UNREACHABLE"],
  ["ETIMEDOUT", "ENGINE_UNREACHABLE"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "ENGINE_UNREACHABLE"],
  ["EACCES", "ENGINE_DENIED"],
])("%s names the address and says what to do", (code, expected) => {
  const error = fromDockerError(Object.assign(new Error("x"), { code }), ATTEMPT);
  expect(error.code).toBe(expected);
  expect(error.message).toContain(ATTEMPT.address);
  expect(error.hint).toBeDefined();
});

test("a taken port is told without the story of the network", () => {
  const text =
    "driver failed programming external connectivity on endpoint web (1a2b): Bind for 0.0.0.0:80 failed: port is already allocated";
  expect(fromDockerError(new DockerRefusal(500, text), ATTEMPT).message).toBe(
    "cannot start container 3f2a: host port 0.0.0.0:80 is taken",
  );
});
