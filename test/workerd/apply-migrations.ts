import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Env as EdgeEnv } from '../../edge/objects/env.ts'

declare global {
  namespace Cloudflare {
    interface Env extends EdgeEnv {
      /** What `vitest.config.ts` read from edge/storage/migrations. */
      readonly MIGRATIONS: D1Migration[]
    }
  }
}

await applyD1Migrations(env.DB, env.MIGRATIONS)
