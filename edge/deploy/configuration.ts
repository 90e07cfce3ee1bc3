import { join } from 'node:path'
import { experimental_readRawConfig as readRawConfig } from 'wrangler'

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..')

/** What `wrangler.toml` says of the Worker, as far as others than wrangler must know it. */
export interface Configuration {
  readonly name: string
  readonly main: string
  readonly compatibility_date: string
  readonly compatibility_flags: readonly string[]
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[]
  }
  readonly d1_databases: readonly (Bound & {
    readonly database_name: string
    readonly migrations_dir: string
  })[]
  readonly kv_namespaces: readonly Bound[]
  readonly r2_buckets: readonly (Bound & { readonly bucket_name: string })[]
  readonly queues: {
    readonly producers: readonly (Bound & { readonly queue: string })[]
    readonly consumers: readonly {
      readonly queue: string
      readonly max_batch_size: number
      readonly max_batch_timeout: number
      readonly max_retries: number
      readonly dead_letter_queue?: string
    }[]
  }
  readonly vars: { readonly [name: string]: string }
}

interface Bound {
  readonly binding: string
}

/** Reads `wrangler.toml`. Its shape is the project's own, so it is not checked again. */
export function readConfiguration(): Configuration {
  return readRawConfig({ config: join(ROOT, 'wrangler.toml') }).rawConfig as Configuration
}
