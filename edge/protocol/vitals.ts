import type { DeliveryState } from './delivery.ts'
import type { FailedEventTotals } from './failed-event.ts'
import type { SourceCounts } from './live.ts'
import type { ShardStatus } from './objects.ts'
import type { Millis } from './time.ts'

/** How a profile shard fares, for whoever watches over it. */
export interface ShardVitals {
  readonly status: ShardStatus
  readonly now: Millis
  readonly sources: { readonly [source: string]: SourceCounts }
  readonly deliveries: { readonly [S in DeliveryState]: number }
  readonly failedEvents: { readonly [source: string]: FailedEventTotals }
  /** Events that are not in the lake yet. */
  readonly lakeWaiting: number
  /** Rows written since the object woke, as they are billed. */
  readonly rowsWritten: number
  /** Bytes on disk. */
  readonly databaseSize: number
}
