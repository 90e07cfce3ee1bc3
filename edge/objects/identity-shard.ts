import { DurableObject } from 'cloudflare:workers'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { IdentityAnswer, IdentityShardCalls, ResolveRequest } from '../protocol/objects.ts'
import { OwnerStore } from '../storage/owner-store.ts'
import type { Env } from './env.ts'

/** Owns the identifiers whose hash falls to it: one place where two claims of the same value meet. */
export class IdentityShard extends DurableObject<Env> implements IdentityShardCalls {
  readonly #owners: OwnerStore

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#owners = new OwnerStore(ctx.storage.sql)
  }

  async lookup(identifier: Identifier): Promise<ProfileId | null> {
    return this.#owners.find(identifier)?.owner ?? null
  }

  async resolve(
    identifier: Identifier,
    birth: ProfileId,
    proven: boolean,
  ): Promise<IdentityAnswer> {
    const request = { identifier, birth, proven }
    return this.ctx.storage.transactionSync(() => this.#resolve(request))
  }

  async resolveMany(requests: readonly ResolveRequest[]): Promise<readonly IdentityAnswer[]> {
    return this.ctx.storage.transactionSync(() => requests.map((one) => this.#resolve(one)))
  }

  #resolve({ identifier, birth, proven }: ResolveRequest): IdentityAnswer {
    const known = this.#owners.find(identifier)
    if (known === undefined) {
      this.#owners.put(identifier, birth, proven)
      return { owner: birth, proven, born: true }
    }
    if (proven && !known.proven) this.#owners.put(identifier, known.owner, true)
    return { ...known, proven: known.proven || proven }
  }

  async move(identifier: Identifier, from: ProfileId, to: ProfileId): Promise<IdentityAnswer> {
    return this.ctx.storage.transactionSync(() => {
      const known = this.#owners.find(identifier)
      if (known === undefined || known.owner === from) {
        const proven = known?.proven ?? false
        this.#owners.put(identifier, to, proven)
        return { owner: to, proven, born: false }
      }
      return known
    })
  }
}
