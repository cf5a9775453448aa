import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const minute = 60_000
/** Starts (or finds) the database and the queue once for all files of a run. */
const withWorld = ['test/support/global-setup.ts']

/**
 * Four kinds of tests, each group after the other (`groupOrder`), because the later ones measure waiting and share two cores.
 * The limits are for a loaded two-core machine: they catch a hang, they do not judge speed.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    // Tests of real processes, sockets and browsers on a shared machine: once more in CI, and the tally names every test that needed it.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    projects: [
      {
        extends: true,
        plugins: [vue()],
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/web/**/*.test.ts'],
          environment: 'node',
          testTimeout: minute,
          hookTimeout: minute,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['test/db/**/*.test.ts'],
          globalSetup: withWorld,
          testTimeout: minute,
          hookTimeout: 2 * minute,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          globalSetup: withWorld,
          testTimeout: 3 * minute,
          hookTimeout: 3 * minute,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: withWorld,
          fileParallelism: false,
          testTimeout: 4 * minute,
          hookTimeout: 4 * minute,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
