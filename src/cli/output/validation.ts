import { type AxonError, AxonErrors } from "../../errors.ts";

/** What came of one file, with one target. */
export type Check = { readonly file: string; readonly target: string | undefined } & (
  | {
      readonly deployment: string;
      readonly services: readonly string[];
      readonly failure?: undefined;
    }
  | { readonly failure: AxonError | AxonErrors }
);

/** `shop/Servicefile for target staging` */
export function checkTitle({ file, target }: Check): string {
  return target === undefined ? file : `${file} for target ${target}`;
}

/** As schema/validation.schema.json has it. */
export function validationAsJson(checks: readonly Check[]) {
  return {
    format_version: "1.0",
    valid: checks.every(({ failure }) => failure === undefined),
    files: checks.map(checkAsJson),
  };
}

function checkAsJson(check: Check) {
  const { file, target } = check;
  const about = { file, ...(target !== undefined && { target }) };
  if (check.failure === undefined) {
    const { deployment, services } = check;
    return { ...about, valid: true, deployment, services, problems: [] };
  }
  const { failure } = check;
  const errors = failure instanceof AxonErrors ? failure.errors : [failure];
  return { ...about, valid: false, problems: errors.map(problemAsJson) };
}

function problemAsJson({ code, message, hint, at }: AxonError) {
  return { code, message, ...(hint !== undefined && { hint }), ...at };
}
