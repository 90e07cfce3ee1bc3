import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test'
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

// The runtime may have served another file before.
await reset()
await applyD1Migrations(env.DB, env.MIGRATIONS)
