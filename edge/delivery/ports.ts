import type { CrossingMessage, DestinationTarget, Receipt } from '../protocol/delivery.ts'
import type { DestinationId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import type { TargetOptions } from './target.ts'

/** What sending needs of the rest of Prisme. */
export interface DeliveryPorts extends TargetOptions {
  /** Deliveries sent at once. */
  readonly connections: number
  /** With its sealed secrets; null: deleted. */
  target(workspace: WorkspaceId, destination: DestinationId): Promise<DestinationTarget | null>
  /**
   * Whether each of these people consents to it still: a queue may be long, and consent withdrawn meanwhile. Messages
   * of one shard, in one call; answers in their order. undefined: their shard could not be asked now.
   */
  permits(
    workspace: WorkspaceId,
    shard: ShardAddress,
    messages: readonly CrossingMessage[],
  ): Promise<readonly (boolean | undefined)[]>
  /**
   * Receipts of one shard, in one call. Whether each is stored, in their order; what is stored outlives a crash. The
   * same receipt twice has the effect of once.
   */
  receipts(
    workspace: WorkspaceId,
    shard: ShardAddress,
    receipts: readonly Receipt[],
  ): Promise<readonly boolean[]>
  /** Switches a destination off whose receiver is gone. */
  disable(workspace: WorkspaceId, destination: DestinationId): Promise<void>
  /** Opens a sealed secret; undefined if it was sealed with another key. */
  open(workspace: WorkspaceId, sealed: string): Promise<string | undefined>
  /** The clock of receipts, which may be a test's; signatures always carry the real time. */
  now(): Millis
}

/** One message of a queue, as Cloudflare Queues hands it over. */
export interface QueuedMessage<Body> {
  readonly body: Body
  ack(): void
  retry(options?: { readonly delaySeconds?: number }): void
}

export interface QueuedBatch<Body> {
  readonly messages: readonly QueuedMessage<Body>[]
}
