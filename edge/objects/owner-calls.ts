import { identityShardOf } from '../domain/id.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { IdentityAnswer, ResolveRequest } from '../protocol/objects.ts'
import type { Millis } from '../protocol/time.ts'
import { identityShard } from './address.ts'
import { CallBatch } from './call-batch.ts'
import type { Env } from './env.ts'

/** Questions about the owners of identifiers: those asked of one identity shard at the same time travel together. */
export class OwnerCalls {
  readonly #env: Env
  readonly #workspace: WorkspaceId
  readonly #shards: number
  readonly #batches = new Map<number, CallBatch<ResolveRequest, IdentityAnswer>>()

  constructor(env: Env, workspace: WorkspaceId, shards: number) {
    this.#env = env
    this.#workspace = workspace
    this.#shards = shards
  }

  /** The owner of an identifier; `birth` becomes it if there is none. `at`: when the latest that names it happened. */
  resolve(
    { kind, value }: Identifier,
    birth: ProfileId,
    proven: boolean,
    at: Millis,
  ): Promise<IdentityAnswer> {
    const shard = identityShardOf(kind, value, this.#shards)
    let batch = this.#batches.get(shard)
    if (batch === undefined) {
      // A stub whose call failed stays broken: one for each call.
      batch = new CallBatch((requests) =>
        identityShard(this.#env, this.#workspace, shard).resolveMany(requests),
      )
      this.#batches.set(shard, batch)
    }
    return batch.call({ identifier: { kind, value }, birth, proven, at })
  }
}
