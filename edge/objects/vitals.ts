import type { ShardStatus } from '../protocol/objects.ts'
import type { ShardVitals } from '../protocol/vitals.ts'
import type { Shard } from './shard.ts'

export const vitalsOf = (shard: Shard, status: ShardStatus): ShardVitals => ({
  status,
  now: shard.now(),
  sources: shard.counters.all(),
  deliveries: shard.outbox.counts(),
  failedEvents: shard.failedEvents.totals(),
  lakeWaiting: shard.lake.waiting(),
  rowsWritten: shard.rows.rowsWritten,
  databaseSize: shard.ctx.storage.sql.databaseSize,
})
