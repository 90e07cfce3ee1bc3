import type { DeliveryMessage } from '../protocol/delivery.ts'
import type { AccountShard } from './account-shard.ts'
import type { Counts } from './counts.ts'
import type { Erasures } from './erasures.ts'
import type { IdentityShard } from './identity-shard.ts'
import type { ImportJobObject } from './import-job.ts'
import type { LiveMonitor } from './live-monitor.ts'
import type { Population } from './population.ts'
import type { ProfileShard } from './profile-shard.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { Workspace } from './workspace.ts'

/** Bindings of the edge Worker, as `wrangler.toml` declares them. */
export interface Env {
  readonly PROFILE: DurableObjectNamespace<ProfileShard>
  readonly IDENTITY: DurableObjectNamespace<IdentityShard>
  readonly ACCOUNT: DurableObjectNamespace<AccountShard>
  readonly WORKSPACE: DurableObjectNamespace<Workspace>
  readonly MONITOR: DurableObjectNamespace<LiveMonitor>
  readonly IMPORT: DurableObjectNamespace<ImportJobObject>
  readonly REHEARSAL: DurableObjectNamespace<Rehearsal>
  readonly ERASURES: DurableObjectNamespace<Erasures>
  readonly COUNTS: DurableObjectNamespace<Counts>
  readonly POPULATION: DurableObjectNamespace<Population>
  readonly DB: D1Database
  /** Read cache of keys and catalogs: its absence stops nothing. */
  readonly CACHE: KVNamespace
  readonly LAKE: R2Bucket
  readonly DELIVERIES: Queue<DeliveryMessage>
  /** At least 32 random bytes as text: seals addresses and secrets, keys the hashes, signs cookies. */
  readonly PRISME_SECRET: string
  readonly DASHBOARD_ORIGIN: string
  /** Where browsers and servers reach this Worker: the install page writes it into the snippet. */
  readonly EDGE_ORIGIN?: string
  /** Opens the set-up page of a new deployment once; absent: set-up is closed. */
  readonly SETUP_TOKEN?: string
  /** `true` in local development only: destinations may point at this machine. */
  readonly ALLOW_LOOPBACK_TARGETS?: string
  /** Deliveries that one consumer sends at once, where the platform does not limit them to six: 1 to 100. */
  readonly DELIVERY_CONNECTIONS?: string
}
