import { rootOf } from '../domain/graph.ts'
import { identifierKey } from '../domain/identity.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { IngestRequest, IngestResult, Subject } from '../protocol/shard.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { BulkQuestion } from '../storage/bulk/bulk-stores.ts'
import { BulkStores } from '../storage/bulk/bulk-stores.ts'
import { admit, Granted, scopeOf } from './admit.ts'
import { claimsOf, type Claim } from './claims.ts'
import { componentOf } from './component.ts'
import { account, answer } from './ingest.ts'
import type { Shard } from './shard.ts'
import { placeOf } from './subject-place.ts'
import { withTimeLimit } from './time-limit.ts'

/** Fewer are done as quickly one by one. */
const FEWEST = 4
/** A caller that hangs because another object does would be left open for ever; it may try again. */
const CLAIM_LIMIT: Millis = 10 * SECOND

type ByIdentifier = Subject & { readonly type: 'identifier' }

/** A request on its way, and which identifiers are known to be free for it. */
interface Candidate {
  readonly request: IngestRequest
  readonly id: ProfileId
  readonly root: ProfileId
  readonly claims: readonly Claim[]
  readonly granted: Granted
}

/**
 * Takes in what is told of many people at once, as a file does: one transaction for all who are new here, or alone in
 * their graph. The rules are those of a single ingest, only the rows are read and written many at a time. Whoever
 * turns out to need more (a join, a move, another shard) or throws is left for a single ingest, which then tells.
 */
export class BulkIngest {
  readonly #shard: Shard
  #stores: BulkStores | undefined

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** What became of those that were done; the others are still to be ingested, one by one. */
  async ingest(requests: readonly IngestRequest[]): Promise<Map<IngestRequest, IngestResult>> {
    const simple = requests.filter(isSimple)
    const [first] = simple
    if (first === undefined || simple.length < FEWEST) return new Map()
    const version = Math.max(...simple.map(({ catalogVersion }) => catalogVersion))
    try {
      await this.#shard.prepare(first.workspace, version)
      const held = await this.#claim(this.#candidates(simple))
      return await this.#shard.commit.run(() => this.#store(held))
    } catch {
      // Nothing was kept. Single ingests tell whose fault it is.
      return new Map()
    }
  }

  /** Those whose people are here, and alone. */
  #candidates(requests: readonly IngestRequest[]): Candidate[] {
    const view = this.#begin(requests)
    return requests.flatMap((request) => {
      const place = placeOf(view, request.subject)
      if (place === undefined || 'elsewhere' in place) return []
      const { id, stored } = place
      // Whoever shares a graph is not alone, whoever moves is about to be elsewhere.
      if (stored !== undefined && (stored.saga !== null || stored.shared !== null)) return []
      // Somebody may have been erased before whoever is about to be born.
      if (stored === undefined && !this.#shard.tombstones.isEmpty) return []
      const granted = new Granted()
      const claims = claimsOf(view, request, id, stored, granted)
      const isKnown = stored !== undefined && claims.length > 0
      const root = isKnown ? rootOf(componentOf(view, stored).graph) : id
      return [{ request, id, root, claims, granted }]
    })
  }

  /** Claims what no graph holds yet. Those who bear what another graph holds are not among the answered. */
  async #claim(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const { owners } = this.#shard
    const held = candidates.map(async (candidate) => {
      const { claims, root, granted } = candidate
      const answers = await Promise.all(
        claims.map((claim) => owners.resolve(claim, root, claim.proven, claim.at)),
      )
      if (answers.some((one) => one.owner !== root || one.erasedAt !== undefined)) return []
      for (const { key } of claims) granted.set(key, root)
      return [candidate]
    })
    return (await withTimeLimit(Promise.all(held), CLAIM_LIMIT)).flat()
  }

  #store(candidates: readonly Candidate[]): Map<IngestRequest, IngestResult> {
    const view = this.#begin(candidates.map(({ request }) => request))
    const stores = this.#stored()
    const results = new Map<IngestRequest, IngestResult>()
    for (const { request, id, granted } of candidates) {
      const [undo, unmark] = [stores.mark(), view.mark()]
      try {
        const admission = admit(view, id, request, request.events, granted)
        if (admission === undefined) continue
        const { verdicts, profile, root } = admission
        account(view, request, profile.id, request.events, verdicts)
        results.set(request, answer(view, profile, root, request, verdicts))
      } catch {
        undo()
        unmark()
      }
    }
    stores.flush()
    stores.forget()
    this.#shard.arm()
    return results
  }

  #begin(requests: readonly IngestRequest[]): Shard {
    const stores = this.#stored()
    stores.begin(questionOf(requests))
    return this.#shard.over(stores)
  }

  #stored(): BulkStores {
    return (this.#stores ??= new BulkStores(this.#shard.rows.sql))
  }
}

/** Events of somebody who is known by an identifier, about nothing but themselves. */
const isSimple = (
  request: IngestRequest,
): request is IngestRequest & { readonly subject: ByIdentifier } =>
  request.subject.type === 'identifier' &&
  request.subject.erasedAt === undefined &&
  request.events.length > 0 &&
  request.refused.length === 0 &&
  request.replayOf === undefined &&
  request.events.every(
    ({ device, group, carried }) =>
      device === undefined && group === undefined && carried === undefined,
  )

function questionOf(requests: readonly IngestRequest[]): BulkQuestion {
  const profiles = new Set<ProfileId>()
  const scopes = new Set<string>()
  const identifiers = new Set<string>()
  for (const { subject, events } of requests) {
    if (subject.type === 'identifier') {
      profiles.add(subject.profile)
      identifiers.add(identifierKey(subject.identifier))
    }
    scopes.add(scopeOf(subject))
    for (const event of events) {
      for (const identifier of event.identifiers) identifiers.add(identifierKey(identifier))
    }
  }
  return { profiles, scopes, identifiers }
}
