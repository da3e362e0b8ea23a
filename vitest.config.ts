import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Properties take long on a loaded machine; none of them waits.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
          include: ["test/{unit,golden,property}/**/*.test.ts", "test/contract/fake/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/contract/real/**/*.test.ts"],
          globalSetup: ["test/helpers/environment.ts"],
          setupFiles: ["test/helpers/exit-matcher.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
