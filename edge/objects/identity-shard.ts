import { DurableObject } from 'cloudflare:workers'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import type {
  IdentityAnswer,
  IdentityShardCalls,
  MoveRequest,
  ResolveRequest,
} from '../protocol/objects.ts'
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

  async lookupMany(identifiers: readonly Identifier[]): Promise<readonly (ProfileId | null)[]> {
    return identifiers.map((identifier) => this.#owners.find(identifier)?.owner ?? null)
  }

  async resolveMany(requests: readonly ResolveRequest[]): Promise<readonly IdentityAnswer[]> {
    return this.ctx.storage.transactionSync(() => requests.map((one) => this.#resolve(one)))
  }

  #resolve({ identifier, birth, proven }: ResolveRequest): IdentityAnswer {
    const known = this.#owners.find(identifier)
    const claim = { owner: known?.owner ?? birth, proven: (known?.proven ?? false) || proven }
    const isClaimed = known === undefined || known.owner === birth
    // Whoever was about to take it over read an older version: they must look again.
    const version = isClaimed ? (known?.version ?? 0) + 1 : (known?.version ?? 0)
    if (isClaimed || claim.proven !== known?.proven) {
      this.#owners.put(identifier, { ...claim, version })
    }
    return { ...claim, version, born: known === undefined }
  }

  async moveMany(requests: readonly MoveRequest[]): Promise<readonly ProfileId[]> {
    return this.ctx.storage.transactionSync(() => requests.map((one) => this.#move(one)))
  }

  #move({ identifier, from, to, version }: MoveRequest): ProfileId {
    const known = this.#owners.find(identifier)
    const isMine = known === undefined || from.includes(known.owner)
    if (!isMine || (version !== undefined && known?.version !== version)) {
      return known?.owner ?? to
    }
    this.#owners.put(identifier, {
      owner: to,
      proven: known?.proven ?? false,
      version: (known?.version ?? 0) + 1,
    })
    return to
  }
}
