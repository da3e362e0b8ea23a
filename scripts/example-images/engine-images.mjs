import { spawn } from "node:child_process";

const LABEL = "io.axon.example";

/** A tar stream of a folder; the owner is root, whoever made the folder. */
function tarOf(folder) {
  const flags = ["--sort=name", "--numeric-owner", "--owner=0", "--group=0", "--mtime=@0"];
  const tar = spawn("tar", ["-c", ...flags, "-C", folder, "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  tar.on("error", (error) => tar.stdout.destroy(error));
  tar.on(
    "exit",
    (code) => code !== 0 && tar.stdout.destroy(new Error(`tar of ${folder} ended with ${code}`)),
  );
  return tar.stdout;
}

export async function connect() {
  const { default: Docker } = await import("dockerode");
  const docker = new Docker();

  const finished = (progress) =>
    new Promise((resolve, reject) => {
      const lines = [];
      docker.modem.followProgress(
        progress,
        (error) =>
          error ? reject(new Error(`${error.message}\n${lines.join("")}`.trim())) : resolve(),
        ({ stream }) => stream && lines.push(stream),
      );
    });

  const ours = (filters) => docker.listImages({ filters: { ...filters, label: [LABEL] } });

  /** Takes the names away one by one; an image that a container uses, also a stopped one, stays. */
  const removeEach = async (images) => {
    // Newest first: an image cannot go before those that are built on it.
    for (const { Id, RepoTags } of [...images].sort((a, b) => b.Created - a.Created)) {
      // An older engine calls an image without a name by this one.
      const names = (RepoTags ?? []).filter((name) => name !== "<none>:<none>");
      for (const name of names.length > 0 ? names : [Id]) {
        await docker
          .getImage(name)
          .remove()
          .catch(() => undefined);
      }
    }
  };

  return {
    /** tag -> hash of the inputs it was made from */
    async made() {
      const images = await ours({});
      return new Map(
        images.flatMap((i) => (i.RepoTags ?? []).map((tag) => [tag, i.Labels[LABEL]])),
      );
    },

    async importBase({ tag, hash, root, changes }) {
      const at = tag.lastIndexOf(":");
      const folder = await root();
      const query = {
        repo: tag.slice(0, at),
        tag: tag.slice(at + 1),
        changes: [...changes, `LABEL ${LABEL}=${hash}`],
      };
      await finished(await docker.importImage(tarOf(folder), query));
    },

    async build({ tag, also = [], hash, folder, args }) {
      const query = {
        t: [tag, ...also],
        buildargs: args,
        labels: { [LABEL]: hash },
        rm: true,
        forcerm: true,
      };
      await finished(await docker.buildImage(tarOf(folder), query));
    },

    async removeUntagged() {
      await removeEach(await ours({ dangling: ["true"] }));
    },

    /** Removing an image can free another one, so it goes on while something goes. */
    async removeAll() {
      const all = await ours({});
      for (let left = all; left.length > 0; ) {
        const before = left.length;
        await removeEach(left);
        left = await ours({});
        if (left.length === before) throw new Error(`${before} images are in use by containers`);
      }
      return all.length;
    },
  };
}
