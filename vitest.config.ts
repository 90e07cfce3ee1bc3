import { existsSync } from 'node:fs'
import { type D1Migration, cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import type { Plugin } from 'vite'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { awaitSites } from './test/await-sites.ts'
import { corpusAnswers, corpusStays } from './test/evaluate/corpus.ts'
import { edgeBundle } from './test/edge-bundle.ts'
import { scoreData } from './test/score-data.ts'
import { identityCases } from './test/domain/identity-cases.ts'

const MIGRATIONS = 'edge/storage/migrations'
const APART = ['test/e2e/evaluate.test.ts', 'test/e2e/shop.test.ts', 'test/e2e/start.test.ts']

/** What a browser test may take on a machine that is busy with others. */
const BROWSER_TEST = 120_000

/**
 * Groups run one after the other, the projects of one group side by side, on as many workers as the smallest machine
 * has cores. Browser tests come after everything else, and those of the one running product one file after the other.
 */
const WORKERS = 2

/**
 * Each test file of the runtime begins in a fresh worker, into which every module is fetched one by one: libraries of
 * many are put together first, once.
 */
const BUNDLED = [
  '@date-fns/tz',
  '@hono/zod-openapi',
  '@iabgpp/cmpapi',
  '@iabtechlabtcf/core',
  'better-auth',
  'better-auth/crypto',
  'better-auth/plugins/organization',
  'csv-parse/sync',
  'date-fns',
  'fast-check',
  'hono',
  'hono/body-limit',
  'hono/cors',
  'hono/factory',
  'hono/html',
  'hono/http-exception',
  'hono/utils/cookie',
  'hyparquet',
  'hyparquet-writer',
  'ipaddr.js',
  'jose',
  'kysely',
  'ua-parser-js',
  'zod',
]

/** They learn from stack traces in which file a step is taken, so that the edge is not put together for them. */
const TRACED = [
  'test/workerd/fault-coverage.test.ts',
  'test/workerd/fault-matrix.test.ts',
  'test/workerd/object-calls.test.ts',
  'test/workerd/people-graph-model.test.ts',
  'test/workerd/racing-order.test.ts',
]

/** All of them in one transaction: each file begins with an empty database. */
async function migrations(): Promise<D1Migration[]> {
  if (!existsSync(MIGRATIONS)) return []
  const queries = (await readD1Migrations(MIGRATIONS)).flatMap((migration) => migration.queries)
  return [{ name: 'all', queries }]
}

/** Tests in the runtime. */
function runtime(
  name: string,
  plugins: readonly Plugin[],
  include: readonly string[],
  exclude: readonly string[] = [],
): TestProjectInlineConfiguration {
  return {
    plugins: [
      ...plugins,
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
            SCORE_DATA: JSON.stringify(scoreData()),
            AWAIT_SITES: JSON.stringify(awaitSites()),
            CORPUS_ANSWERS: JSON.stringify([...corpusAnswers(), ...corpusStays()]),
            IDENTITY_CASES: JSON.stringify(identityCases()),
            MIGRATIONS: await migrations(),
          },
        },
      })),
    ],
    test: {
      name,
      // In a runtime that keeps its own time; `npm test` names those that needed their second try.
      retry: 1,
      include: [...include],
      exclude: [...exclude],
      setupFiles: ['test/workerd/apply-migrations.ts'],
      deps: {
        optimizer: {
          ssr: {
            enabled: true,
            include: BUNDLED,
            rolldownOptions: { external: [/^node:/, /^cloudflare:/] },
          },
        },
      },
      testTimeout: 60_000,
      hookTimeout: 60_000,
      maxWorkers: WORKERS,
      sequence: { groupOrder: 0 },
    },
  }
}

export default defineConfig({
  test: {
    tags: [
      {
        name: 'stepwise',
        description: 'Each test goes on where the last one stopped: none can be repeated alone.',
        retry: 0,
      },
    ],
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/workerd/**', 'test/e2e/**'],
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 0 },
        },
      },
      runtime('workerd', [edgeBundle()], ['test/workerd/**/*.test.ts'], TRACED),
      runtime('traced', [], TRACED),
      {
        // The tag against a double of the edge. Each test begins anew in a context of its own; `npm test` names those
        // that needed their second try.
        test: {
          name: 'tag',
          environment: 'node',
          include: ['test/e2e/tag-*.test.ts'],
          retry: 1,
          testTimeout: BROWSER_TEST,
          hookTimeout: BROWSER_TEST,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Other browser tests, and of `npm start`, that need no product or start their own.
        test: {
          name: 'apart',
          environment: 'node',
          include: APART,
          retry: 1,
          testTimeout: BROWSER_TEST,
          hookTimeout: BROWSER_TEST,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/tag-*.test.ts', ...APART],
          globalSetup: ['test/e2e/global-setup.ts'],
          retry: 1,
          testTimeout: BROWSER_TEST,
          hookTimeout: 3 * BROWSER_TEST,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
