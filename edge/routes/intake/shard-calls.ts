import { addressOf, identityShardOf } from '../../domain/id.ts'
import { identityShard, profileShard } from '../../objects/address.ts'
import { CallBatch } from '../../objects/call-batch.ts'
import type { Env } from '../../objects/env.ts'
import { OwnerCalls } from '../../objects/owner-calls.ts'
import type { ProfileId, WorkspaceId } from '../../protocol/id.ts'
import type { Identifier } from '../../protocol/identifier.ts'
import type { IdentityAnswer, IngestOutcome } from '../../protocol/objects.ts'
import type { IngestRequest, IngestResult } from '../../protocol/shard.ts'
import type { Millis } from '../../protocol/time.ts'

/** An object that sheds load: asking again at once would make it worse. */
export class Overloaded extends Error {
  readonly overloaded = true
}

/** The calls of one request to the objects of a workspace: those to the same object travel together. */
export class ShardCalls {
  readonly #env: Env
  readonly #workspace: WorkspaceId
  readonly #shards: number
  readonly #profiles = new Map<string, CallBatch<IngestRequest, IngestOutcome>>()
  readonly #owners: OwnerCalls

  constructor(env: Env, workspace: WorkspaceId, shards: number) {
    this.#env = env
    this.#workspace = workspace
    this.#shards = shards
    this.#owners = new OwnerCalls(env, workspace, shards)
  }

  /** Ingests at the shard that `home`, a profile's or device's id, names. */
  async ingest(home: string, request: IngestRequest): Promise<IngestResult> {
    const address = addressOf(home)
    if (address === undefined) throw new Error('A subject without a home')
    const name = `${address.region}/${address.shard}`
    let batch = this.#profiles.get(name)
    if (batch === undefined) {
      // A stub whose call failed stays broken: one for each call.
      batch = new CallBatch((requests) =>
        profileShard(this.#env, this.#workspace, address).ingestMany(JSON.stringify(requests)),
      )
      this.#profiles.set(name, batch)
    }
    const outcome = await batch.call(request)
    if (outcome.ok) return outcome.result
    throw outcome.overloaded ? new Overloaded() : new Error('The shard could not take the events')
  }

  /** The owner of an identifier, or null. */
  lookup(identifier: Identifier): Promise<ProfileId | null> {
    const { kind, value } = identifier
    const shard = identityShardOf(kind, value, this.#shards)
    return identityShard(this.#env, this.#workspace, shard).lookup(identifier)
  }

  /** The owner of an identifier, born as `birth` if there is none. */
  resolve(
    identifier: Identifier,
    birth: ProfileId,
    proven: boolean,
    at: Millis,
  ): Promise<IdentityAnswer> {
    return this.#owners.resolve(identifier, birth, proven, at)
  }
}
