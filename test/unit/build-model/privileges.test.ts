import { expect, test } from "vitest";
import { build, problemsOf } from "./build.ts";

const ASKS = {
  privileged: true,
  devices: ["/dev/kvm", "/dev/a:/dev/b"],
  cap_add: ["CAP_NET_ADMIN"],
};

const asking = (entrypoint: object) => ({
  descriptors: { web: { entrypoints: { web: entrypoint } } },
});

const containerOf = (text: string) => {
  const { privileged, devices, capAdd } =
    build(text, asking(ASKS)).model.services.web?.container ?? {};
  return { privileged, devices, capAdd };
};

const GRANTED = {
  privileged: true,
  devices: ["/dev/a:/dev/b:rwm", "/dev/kvm:/dev/kvm:rwm"],
  capAdd: ["NET_ADMIN"],
};

test.for([
  "Allow: [privileged, devices, NET_ADMIN]\nweb: {}\n",
  "Allow: {web: [privileged, /dev/kvm, /dev/a, ALL]}\nweb: {}\n",
  "web: {privileged: true, devices: [/dev/kvm, '/dev/a:/dev/b'], cap_add: [NET_ADMIN]}\n",
])("what an image asks for it gets by %s", (text) => {
  expect(containerOf(text)).toEqual(GRANTED);
});

test("what stands nowhere is an error that names each field", () => {
  const text = "Allow: {web: [/dev/kvm], db: [privileged, devices, ALL]}\nweb: {}\ndb: {}\n";
  expect(problemsOf(text, asking(ASKS))).toEqual([["PRIVILEGE_NOT_ALLOWED", 2]]);
  expect(() => build(text, asking(ASKS))).toThrow(
    "web: the LABEL of web asks for more than it gets, in entrypoints.web: privileged: true, devices: /dev/a, cap_add: NET_ADMIN",
  );
});

test("privileged: false takes away what an image asks for", () => {
  const { privileged } =
    build("web: {privileged: false}\n", asking({ privileged: true })).model.services.web
      ?.container ?? {};
  expect(privileged).toBe(false);
});

test("the service's own device takes the place of the image's", () => {
  const text = "Allow: [devices]\nweb: {devices: ['/dev/mine:/dev/b:r']}\n";
  const { devices } =
    build(text, asking({ devices: ["/dev/a:/dev/b", "/dev/kvm"] })).model.services.web?.container ??
    {};
  expect(devices).toEqual(["/dev/kvm:/dev/kvm:rwm", "/dev/mine:/dev/b:r"]);
});

test("what is allowed and not asked for changes nothing", () => {
  const text = "Allow: [privileged, devices, ALL, host-network]\nweb: {}\n";
  const { privileged, devices, capAdd } =
    build(text, asking({})).model.services.web?.container ?? {};
  expect({ privileged, devices, capAdd }).toEqual({ privileged: false, devices: [], capAdd: [] });
});

test("an image that may have the host's network has it, unless its service has one of its own", () => {
  const networks = (text: string) =>
    build(
      `Allow: {web: [host-network]}\n${text}`,
      asking({ network: "host" }),
    ).model.services.web?.container.networks.map(({ name }) => name);
  expect(networks("web: {}\n")).toEqual(["host"]);
  expect(networks('web: {publish: ["80"]}\n')).toEqual(["shop"]);
  expect(networks("web: {networks: [back]}\nNetworks: {back: {}}\n")).toEqual(["shop_back"]);
  expect(networks("web: {network_mode: none}\n")).toEqual([]);
  expect(problemsOf("web: {}\n", asking({ network: "host" }))).toEqual([
    ["PRIVILEGE_NOT_ALLOWED", 1],
  ]);
  expect(problemsOf("web: {network_mode: host}\n", asking({ network: "host" }))).toEqual([]);
});
