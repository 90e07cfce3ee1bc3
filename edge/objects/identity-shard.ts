import { DurableObject } from 'cloudflare:workers'
import { tombstoneOf } from '../crypto/tombstone.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { identifierKey } from '../domain/identity.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type {
  IdentityAnswer,
  IdentityShardCalls,
  MoveRequest,
  ResolveRequest,
} from '../protocol/objects.ts'
import type { Millis } from '../protocol/time.ts'
import { OwnerStore, type Ownership } from '../storage/owner-store.ts'
import { TombstoneStore, type Tombstone } from '../storage/tombstone-store.ts'
import type { Env } from './env.ts'

/** Finds the tombstone of an identifier that nobody bears. */
type Graves = (identifier: Identifier) => Tombstone | undefined

/** A transaction came upon an identifier that nobody bears. */
class NotHashed extends Error {}

/**
 * Owns the identifiers whose hash falls to it: one place where two claims of the same value meet. Of those who were
 * erased it keeps the tombstones: whoever claims what they were called is told since when it is somebody else's.
 */
export class IdentityShard extends DurableObject<Env> implements IdentityShardCalls {
  readonly #owners: OwnerStore
  readonly #tombstones: TombstoneStore

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#owners = new OwnerStore(ctx.storage.sql)
    this.#tombstones = new TombstoneStore(ctx.storage.sql)
  }

  async lookup(identifier: Identifier): Promise<ProfileId | null> {
    return this.#owners.find(identifier)?.owner ?? null
  }

  async lookupMany(identifiers: readonly Identifier[]): Promise<readonly (ProfileId | null)[]> {
    const owners = this.#owners.findMany(identifiers)
    return identifiers.map((identifier) => owners.get(identifierKey(identifier))?.owner ?? null)
  }

  async resolveMany(requests: readonly ResolveRequest[]): Promise<readonly IdentityAnswer[]> {
    const identifiers = requests.map(({ identifier }) => identifier)
    return this.#withGraves(identifiers, (graves) => {
      const owners = this.#owners.findMany(identifiers)
      const claimed = new Map<string, Claimed>()
      const answers = requests.map((request) => {
        const { identifier } = request
        const key = identifierKey(identifier)
        const known = owners.get(key)
        const grave = known === undefined ? graves(identifier) : undefined
        const { ownership, answer } = resolve(request, known, grave)
        if (ownership === undefined) return answer
        owners.set(key, ownership)
        claimed.set(key, { identifier, ownership })
        return answer
      })
      this.#owners.putMany([...claimed.values()])
      for (const { identifier, ownership } of claimed.values()) {
        const { erasedAt } = ownership
        if (erasedAt !== undefined) this.#owners.noteReborn(identifier, erasedAt)
      }
      return answers
    })
  }

  async moveMany(requests: readonly MoveRequest[]): Promise<readonly ProfileId[]> {
    const identifiers = requests.map(({ identifier }) => identifier)
    return this.#withGraves(identifiers, (graves) => requests.map((one) => this.#move(one, graves)))
  }

  #move({ identifier, from, to, version }: MoveRequest, graves: Graves): ProfileId {
    const known = this.#owners.find(identifier)
    // Erased meanwhile: to be claimed anew, by what happened since.
    if (known === undefined && graves(identifier) !== undefined) return from[0] ?? to
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

  async bury({
    identifiers,
    from,
    at,
  }: {
    readonly identifiers: readonly Identifier[]
    readonly from: readonly ProfileId[]
    readonly at: Millis
  }): Promise<void> {
    const hashes = await Promise.all(identifiers.map((one) => this.#hash(one)))
    this.ctx.storage.transactionSync(() => {
      for (const [index, identifier] of identifiers.entries()) {
        const known = this.#owners.find(identifier)
        const isTheirs = known !== undefined && from.includes(known.owner)
        const version = isTheirs ? known.version : 0
        this.#tombstones.put(hashes[index] ?? '', { at, version })
        // Whoever claimed it since is somebody else.
        if (isTheirs) this.#owners.drop(identifier)
      }
    })
  }

  /**
   * One transaction, with the tombstones of what nobody bears at hand. Only they are hashed, which takes a moment: so
   * the transaction is begun anew when it turns out to need some.
   */
  async #withGraves<T>(identifiers: readonly Identifier[], run: (graves: Graves) => T): Promise<T> {
    const hashes = new Map<string, string>()
    const graves: Graves = (identifier) => {
      if (this.#tombstones.isEmpty) return undefined
      const hash = hashes.get(identifierKey(identifier))
      if (hash === undefined) throw new NotHashed()
      return this.#tombstones.find(hash)
    }
    for (;;) {
      try {
        return this.ctx.storage.transactionSync(() => run(graves))
      } catch (error) {
        if (!(error instanceof NotHashed)) throw error
        const missing = identifiers.filter((one) => this.#owners.find(one) === undefined)
        for (const one of missing) hashes.set(identifierKey(one), await this.#hash(one))
      }
    }
  }

  async #hash(identifier: Identifier): Promise<string> {
    const workspace = (this.ctx.id.name ?? '').split('/')[0] as WorkspaceId
    const keys = await workspaceKeys(this.env.PRISME_SECRET, workspace)
    return tombstoneOf(keys, identifierKey(identifier))
  }
}

interface Claimed {
  readonly identifier: Identifier
  readonly ownership: Ownership
}

/**
 * Who owns an identifier after it was asked for; `ownership`: what is to be noted of it. `grave`: of one that nobody
 * bears, because who did was erased. What happened before then claims nothing.
 */
function resolve(
  { birth, proven, at }: ResolveRequest,
  known: Ownership | undefined,
  grave: Tombstone | undefined,
): { readonly answer: IdentityAnswer; readonly ownership?: Ownership } {
  const claim = { owner: known?.owner ?? birth, proven: (known?.proven ?? false) || proven }
  const isClaimed = known === undefined || known.owner === birth
  // Whoever was about to take it over read an older version: they must look again.
  const before = known?.version ?? grave?.version ?? 0
  const version = isClaimed ? before + 1 : before
  const erasedAt = known?.erasedAt ?? grave?.at
  const ownership = { ...claim, version, ...(erasedAt !== undefined && { erasedAt }) }
  const isDead = grave !== undefined && at <= grave.at
  const answer = { ...ownership, born: known === undefined && !isDead }
  const isNoted = !isDead && (isClaimed || claim.proven !== known?.proven)
  return isNoted ? { answer, ownership } : { answer }
}
