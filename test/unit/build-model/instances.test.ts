import { expect, test } from "vitest";
import { buildFrom, problemsOf } from "../../helpers/build-from.ts";

test("every instance of a service has a name of its own", () => {
  const { services, endpoints } = buildFrom("web: {image: web, scale: 3, ports: {http: 80}}").model;
  expect(services.web?.containerNames).toEqual(["shop-web-1", "shop-web-2", "shop-web-3"]);
  expect(endpoints).toEqual({ "web/http": "shop-web-1:80" });
});

test("two containers cannot have one port of the host", () => {
  const [problem] = problemsOf(() =>
    buildFrom('web:\n  image: web\n  scale: 2\n  publish: ["8080:80"]\n'),
  );
  expect(problem).toMatchObject({ code: "SERVICEFILE_INVALID", at: { line: 4 } });
});

test("ports that the engine chooses can be as many as there are containers", () => {
  const { services } = buildFrom('web: {image: web, scale: 2, publish: ["80"]}').model;
  expect(services.web?.container.publish).toMatchObject([{ port: 80, hostPort: 0 }]);
});

test("a one-shot runs once", () => {
  expect(problemsOf(() => buildFrom("job: {image: job, detach: false, scale: 2}"))).toMatchObject([
    { code: "SERVICEFILE_INVALID" },
  ]);
});

test("how a service is replaced is as the file says, or usual", () => {
  const text = "a: {image: a}\nb: {image: a, update: {order: stop-first, timeout: 1m}}";
  const { a, b } = buildFrom(text).model.services;
  expect(a?.update).toEqual({ order: "auto", timeoutSeconds: undefined, onFailure: "rollback" });
  expect(b?.update).toEqual({ order: "stop-first", timeoutSeconds: 60, onFailure: "rollback" });
});

test("limits are those of the service and of its one-shots", () => {
  const text = "a: {image: a, memory: 512m, cpus: 0.5, pids_limit: 9, bootstrap: /bin/x}";
  const { services, tasks } = buildFrom(text).model;
  const limits = { memory: 512 * 2 ** 20, cpus: 0.5, pidsLimit: 9 };
  expect(services.a?.container).toMatchObject(limits);
  expect(tasks["a.bootstrap"]?.container).toMatchObject(limits);
});

test("a service is reached under its name and under its aliases", () => {
  const text =
    "web: {image: a, networks: {default: {aliases: [zoo, app, web]}}, bootstrap: /bin/x}";
  const { services, tasks } = buildFrom(text).model;
  expect(services.web?.container.networks).toEqual([
    { name: "shop", aliases: ["app", "web", "zoo"] },
  ]);
  expect(tasks["web.bootstrap"]?.container.networks).toEqual([{ name: "shop", aliases: [] }]);
});

test("what is said about a container holds for its one-shots, too", () => {
  const text = "a: {image: a, user: 5, read_only: true, cap_add: [SYS_TIME], bootstrap: /bin/x}";
  const { services, tasks } = buildFrom(text).model;
  const options = { user: "5", readOnly: true, capAdd: ["SYS_TIME"] };
  expect(services.a?.container).toMatchObject(options);
  expect(tasks["a.bootstrap"]?.container).toMatchObject(options);
});

test("nothing can be put where a file system in memory would hide it", () => {
  const text = `
Files: {conf: {content: x}}
web:
  image: a
  tmpfs: [/etc/con, /run]
  files: {/etc/conf: conf, /run/app/conf: conf}
`;
  expect(problemsOf(() => buildFrom(text))).toMatchObject([
    { message: "/run/app/conf of web would be hidden by its tmpfs /run", at: { line: 6 } },
  ]);
});

test("a one-shot runs again when it would start somewhere else", () => {
  const inputs = (text: string) => buildFrom(text).model.tasks["a.bootstrap"]?.inputs;
  expect(inputs("a: {image: a, working_dir: /srv, bootstrap: /bin/x}")).toMatchObject({
    working_dir: "/srv",
  });
  expect(inputs("a: {image: a, bootstrap: /bin/x}")).not.toHaveProperty("working_dir");
});

test("nothing can be put into a container that cannot be written", () => {
  const text = `
Files: {conf: {content: x}}
web:
  image: a
  read_only: true
  files: {/etc/conf: conf}
`;
  expect(problemsOf(() => buildFrom(text))).toMatchObject([{ at: { line: 6 } }]);
});

test("a host name that is also a name of the service is left to the engine, and not start-first", () => {
  const text =
    "web: {image: a, hostname: web, healthcheck: {test: x}, networks: {default: {aliases: [b]}}}";
  const { web } = buildFrom(text).model.services;
  expect(web?.container.networks).toEqual([{ name: "shop", aliases: ["b"] }]);
  expect(web?.replacement.order).toBe("stop-first");
});
