import type { ImageDefaults, ImageFacts } from "../../../src/live.ts";

export function image(
  labels: Readonly<Record<string, string>>,
  {
    reference = "rock77/website",
    ...defaults
  }: Partial<ImageDefaults> & { reference?: string } = {},
): ImageFacts {
  return {
    reference,
    id: "sha256:1",
    labels,
    defaults: {
      entrypoint: undefined,
      command: undefined,
      env: {},
      user: undefined,
      exposedPorts: [],
      hasHealthcheck: false,
      volumes: [],
      ...defaults,
    },
  };
}
