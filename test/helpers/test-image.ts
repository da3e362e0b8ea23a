import { randomBytes } from "node:crypto";
import Docker from "dockerode";

export interface TestImage extends AsyncDisposable {
  readonly reference: string;
  readonly id: string;
  /** Makes another image under the same name; answers its id. */
  move(instructions: readonly string[]): Promise<string>;
}

/** An image that differs from another by instructions of a Dockerfile that need no shell: LABEL, ENV, CMD. */
export async function createImage(
  base: string,
  instructions: readonly string[],
  /** Runs in the image before, for a layer of its own. */
  command?: string,
): Promise<TestImage> {
  const reference = `axon-test/i${randomBytes(4).toString("hex")}`;
  const ids = [await commit(base, reference, { instructions, command })];
  return {
    reference,
    id: ids[0] ?? "",
    move: async (others) => {
      const id = await commit(base, reference, { instructions: others });
      ids.push(id);
      return id;
    },
    [Symbol.asyncDispose]: async () => {
      if (process.env.AXON_KEEP === "1") return;
      for (const id of ids) await removeImage(id);
    },
  };
}

async function removeImage(id: string): Promise<void> {
  try {
    await new Docker().getImage(id).remove({ force: true });
  } catch (problem) {
    // The test itself has removed it.
    if ((problem as { statusCode?: number }).statusCode !== 404) throw problem;
  }
}

/** A LABEL instruction with this as Axon's own descriptor. */
export function descriptorLabel(descriptor: object): string {
  const text = JSON.stringify(JSON.stringify(descriptor)).replaceAll("$", "\\$");
  return `LABEL io.axon.descriptor=${text}`;
}

interface Content {
  readonly instructions: readonly string[];
  readonly command?: string | undefined;
}

async function commit(base: string, repo: string, { instructions, command }: Content) {
  const docker = new Docker();
  const run = process.env.AXON_TEST_RUN ?? "";
  const container = await docker.createContainer({
    Image: base,
    Labels: { "axon.test": run },
    ...(command !== undefined && { Entrypoint: ["/bin/sh", "-c", command] }),
  });
  try {
    if (command !== undefined) {
      await container.start();
      await container.wait();
    }
    await container.commit({ repo, tag: "latest", changes: instructions.join("\n") });
  } finally {
    await container.remove();
  }
  return (await docker.getImage(repo).inspect()).Id;
}
