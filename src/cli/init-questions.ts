import { basename, dirname, resolve } from "node:path";
import { AxonError } from "../errors.ts";
import { serviceName } from "../importing/containers/services-of.ts";
import { mapOf, type Out } from "../importing/out.ts";
import { writeServicefile } from "../importing/write-servicefile.ts";
import type { Context } from "./context.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

interface Asking {
  readonly file: string;
  readonly deployment: string | undefined;
}

/** The text of a first Servicefile, from a person's answers. */
export async function askForServicefile(
  { file, deployment }: Asking,
  context: Context,
): Promise<string> {
  const directory = serviceName(basename(dirname(resolve(context.cwd, file))));
  const name = deployment ?? (await askFor(NAME("Name of the deployment", directory), context));
  const services = new Map<string, Out>();
  for (;;) {
    const more = services.size === 0 ? "" : ", or nothing when that is all";
    const image = await askFor(TEXT(`Image of a service, like nginx:1.27${more}`), context);
    if (image === "" && services.size > 0) break;
    if (image === "") continue;
    const service = await askFor(NAME("Its name", nameOf(image)), context);
    services.set(service, await askAbout(image, context));
  }
  return writeServicefile(mapOf([["Deployment", name], ...services]));
}

async function askAbout(image: string, context: Context): Promise<Out> {
  const port = await askFor(PORT("Port that it listens on, or nothing"), context);
  const open =
    port && (await askFor(PORT("Port of this host that leads to it, or nothing"), context));
  const data = await askFor(PATH("Directory in it whose data is to be kept, or nothing"), context);
  return mapOf([
    ["image", image],
    ["ports", port ? mapOf([["main", Number(port)]]) : undefined],
    ["publish", open ? mapOf([[`:${open}`, "main"]]) : undefined],
    ["volumes", data ? mapOf([["data", data]]) : undefined],
  ]);
}

interface Question {
  readonly text: string;
  /** What an empty answer means. */
  readonly otherwise: string;
  /** What is wrong with an answer; undefined: nothing. */
  complaint(answer: string): string | undefined;
}

const TEXT = (text: string): Question => ({
  text,
  otherwise: "",
  complaint: (answer) => (/\s/.test(answer) ? "there is a space in it" : undefined),
});

const NAME = (what: string, otherwise: string): Question => ({
  text: `${what} (${otherwise})`,
  otherwise,
  complaint: (answer) =>
    LABEL.test(answer) ? undefined : "use lower-case letters, digits and inner hyphens",
});

const PORT = (text: string): Question => ({
  text,
  otherwise: "",
  complaint: (answer) => {
    const isPort = answer === "" || (/^\d{1,5}$/.test(answer) && +answer > 0 && +answer < 65_536);
    return isPort ? undefined : "write a number from 1 to 65535";
  },
});

const PATH = (text: string): Question => ({
  text,
  otherwise: "",
  complaint: (answer) =>
    answer === "" || /^\/./.test(answer) ? undefined : "write it from the root, like /srv/data",
});

async function askFor(question: Question, context: Context): Promise<string> {
  for (;;) {
    const answer = await context.ask(`${question.text}: `);
    if (answer === undefined) throw new AxonError("DECLINED", "nothing was written");
    const given = answer.trim() || question.otherwise;
    const complaint = question.complaint(given);
    if (complaint === undefined) return given;
    context.stderr.write(`${complaint}\n`);
  }
}

/** The last part of the image, as a Servicefile names a service after it. */
function nameOf(image: string): string {
  const last = image.split("/").at(-1) ?? "";
  return serviceName(last.split(/[:@]/)[0] ?? "");
}
