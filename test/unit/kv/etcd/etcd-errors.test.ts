import { expect, test } from "vitest";
import { AxonError } from "../../../../src/errors.ts";
import { isLeaseGone, translateFailure } from "../../../../src/kv/etcd/etcd-errors.ts";

const STORE = "etcd://store.example:2379";

function translated(code: number, details: string): unknown {
  return translateFailure(Object.assign(new Error(details), { code, details }), STORE);
}

const lastError = (text: string) =>
  `No connection established. Last error: ${text}. Resolution note: `;

test.each([
  [14, lastError("Error: connect ECONNREFUSED 10.0.0.5:2379"), "connection refused"],
  [14, "Name resolution failed for target dns:store.example:2379", "no such host"],
  [14, lastError("Error: read ECONNRESET"), "connection was lost"],
  [14, "Connection dropped", "connection was lost"],
  [14, lastError("Error: 80AC:error:0A00010B:SSL routines:x:wrong version number:y:350:\n"), "TLS"],
  [14, lastError("Error: self-signed certificate"), "no secure connection"],
  [14, lastError("Protocol error (2026-11-21T10:48:55.313Z)"), "not etcd"],
  [14, "etcdserver: no leader", "no leader"],
  [14, "etcdserver: request timed out", "no leader"],
  [4, "Deadline exceeded after 2.002s,Waiting for LB pick", "connecting took too long"],
  [4, "Deadline exceeded after 10.0s,remote_addr=127.0.0.1:2379", "gives no answer"],
  [12, "unknown service etcdserverpb.KV", "not etcd"],
  [12, "Received HTTP status code 404", "not etcd"],
  [2, "anything", "not etcd"],
])("status %i (%s) means that the store is out of reach", (code, details, words) => {
  expect(translated(code, details)).toMatchObject({
    code: "STORE_UNREACHABLE",
    message: expect.stringMatching(new RegExp(`${STORE}.*${words}|${words}.*${STORE}`)),
  });
});

test.each([
  [7, "permission denied"],
  [3, "user name is empty"],
  [3, "authentication failed, invalid user ID or password"],
  [16, "invalid auth token"],
])("status %i (%s) means that it wants to know who asks", (code, reason) => {
  expect(translated(code, `etcdserver: ${reason}`)).toMatchObject({
    code: "STORE_REFUSED",
    message: `store ${STORE} refuses access: ${reason}`,
    hint: expect.stringContaining("AXON_KV_PASSWORD"),
  });
});

test.each([
  [8, "etcdserver: mvcc: database space exceeded"],
  [3, "etcdserver: request is too large"],
  [2, "etcdserver: something new"],
])("status %i (%s) means that the store refused", (code, details) => {
  expect(translated(code, details)).toMatchObject({
    code: "STORE_REFUSED",
    message: expect.stringContaining(details.replace("etcdserver: ", "")),
  });
});

test("a lease that is gone is no failure yet", () => {
  expect(isLeaseGone(translated(5, "etcdserver: requested lease not found"))).toBe(true);
});

test("what is Axon's own, or a defect, stays as it is", () => {
  const [own, defect] = [new AxonError("INTERNAL", "x"), new TypeError("x")];
  expect(translateFailure(own, STORE)).toBe(own);
  expect(translateFailure(defect, STORE)).toBe(defect);
});
