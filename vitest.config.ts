import { existsSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { identityCases } from './test/domain/identity-cases.ts'

const MIGRATIONS = 'edge/storage/migrations'

/** Browser tests share one running product and one machine: one file after the other, after everything else. */
const BROWSER_TEST = 120_000

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/workerd/**', 'test/e2e/**'],
          testTimeout: 15_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            // Another entry lets one part be tried while another does not compile.
            main: process.env['WORKERD_MAIN'] ?? 'edge/index.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                PRISME_SECRET: 'test-only-secret-of-more-than-32-bytes',
                DASHBOARD_ORIGIN: 'http://127.0.0.1:8788',
                ALLOW_LOOPBACK_TARGETS: 'true',
                // No files can be read in workerd.
                IDENTITY_CASES: JSON.stringify(identityCases()),
                MIGRATIONS: existsSync(MIGRATIONS) ? await readD1Migrations(MIGRATIONS) : [],
              },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          setupFiles: ['test/workerd/apply-migrations.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The tag against a double of the edge: needs no running product, so two files at a time.
        test: {
          name: 'tag',
          environment: 'node',
          include: ['test/e2e/tag-*.test.ts'],
          // Each begins anew in a context of its own; a second try is told of in the report ("retry x1").
          retry: 1,
          testTimeout: BROWSER_TEST,
          hookTimeout: BROWSER_TEST,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/tag-*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          testTimeout: BROWSER_TEST,
          hookTimeout: 3 * BROWSER_TEST,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
