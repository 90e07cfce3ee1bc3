import { DurableObject } from 'cloudflare:workers'
import { identifierKey } from '../domain/identity.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import type {
  IdentityAnswer,
  IdentityShardCalls,
  MoveRequest,
  ResolveRequest,
} from '../protocol/objects.ts'
import { OwnerStore, type Ownership } from '../storage/owner-store.ts'
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

  async resolveMany(requests: readonly ResolveRequest[]): Promise<readonly IdentityAnswer[]> {
    return this.ctx.storage.transactionSync(() => {
      const owners = this.#owners.findMany(requests.map(({ identifier }) => identifier))
      const claimed = new Map<string, Claimed>()
      const answers = requests.map((request) => {
        const key = identifierKey(request.identifier)
        const { ownership, answer } = resolve(request, owners.get(key))
        if (ownership === undefined) return answer
        owners.set(key, ownership)
        claimed.set(key, { identifier: request.identifier, ownership })
        return answer
      })
      this.#owners.putMany([...claimed.values()])
      return answers
    })
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

interface Claimed {
  readonly identifier: Identifier
  readonly ownership: Ownership
}

/** Who owns an identifier after it was asked for; `ownership`: what is to be noted of it. */
function resolve(
  { birth, proven }: ResolveRequest,
  known: Ownership | undefined,
): { readonly answer: IdentityAnswer; readonly ownership?: Ownership } {
  const claim = { owner: known?.owner ?? birth, proven: (known?.proven ?? false) || proven }
  const isClaimed = known === undefined || known.owner === birth
  // Whoever was about to take it over read an older version: they must look again.
  const version = isClaimed ? (known?.version ?? 0) + 1 : (known?.version ?? 0)
  const ownership = { ...claim, version }
  const answer = { ...ownership, born: known === undefined }
  return isClaimed || claim.proven !== known?.proven ? { answer, ownership } : { answer }
}
