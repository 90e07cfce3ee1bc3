import { rootOf } from '../domain/graph.ts'
import { identifierKey } from '../domain/identity.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { IngestRequest, IngestResult, Subject } from '../protocol/shard.ts'
import { NEVER, SECOND, type Millis } from '../protocol/time.ts'
import type { Verdict } from '../protocol/verdict.ts'
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

/** What is to be read for a bulk, and how much had been written when it was. */
interface Reading {
  readonly question: BulkQuestion
  readonly rowsWritten: number
}

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
  #reading: Reading | undefined

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
      const question = questionOf(simple)
      const held = await this.#claim(this.#candidates(simple, question))
      return await this.#shard.commit.run(() => this.#store(held, question))
    } catch {
      // Nothing was kept. Single ingests tell whose fault it is.
      return new Map()
    }
  }

  /** Those whose people are here, and alone. */
  #candidates(requests: readonly IngestRequest[], question: BulkQuestion): Candidate[] {
    const view = this.#read(question)
    return requests.flatMap((request) => {
      const place = placeOf(view, request.subject)
      if (place === undefined || 'elsewhere' in place) return []
      const { id, stored } = place
      // Whoever shares a graph is not alone, whoever moves is about to be elsewhere.
      if (stored !== undefined && (stored.saga !== null || stored.shared !== null)) return []
      // Somebody may have been erased before whoever is about to be born.
      if (stored === undefined && !this.#shard.tombstones.isEmpty) return []
      const granted = new Granted()
      if (isRepetition(view, request)) return [{ request, id, root: id, claims: [], granted }]
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

  #store(
    candidates: readonly Candidate[],
    question: BulkQuestion,
  ): Map<IngestRequest, IngestResult> {
    const view = this.#read(question)
    const stores = this.#stored()
    const results = new Map<IngestRequest, IngestResult>()
    for (const { request, id, granted } of candidates) {
      const [undo, unmark] = [stores.mark(), view.mark()]
      try {
        if (isRepetition(view, request)) {
          results.set(request, repeated(view, id, request))
          continue
        }
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
    this.#reading = undefined
    this.#shard.arm()
    return results
  }

  /** What was read for the same question stands until anything is written. */
  #read(question: BulkQuestion): Shard {
    const stores = this.#stored()
    const { rowsWritten } = this.#shard.rows
    const known = this.#reading
    if (known?.question !== question || known.rowsWritten !== rowsWritten) {
      stores.begin(question)
      this.#reading = { question, rowsWritten }
    }
    return this.#shard.over(stores)
  }

  #stored(): BulkStores {
    const { rows, profiles } = this.#shard
    return (this.#stores ??= new BulkStores(rows.sql, profiles.changes, profiles.additions))
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

/** Nothing in it is new, and nobody asks for more than that: the file is sent again. */
function isRepetition(view: Shard, { subject, source, events, verdictsOnly }: IngestRequest) {
  if (verdictsOnly !== true) return false
  const scope = scopeOf(subject)
  const now = view.now()
  return events.every(({ messageId }) => view.seen.has(scope, source, messageId, now))
}

function repeated(view: Shard, id: ProfileId, request: IngestRequest): IngestResult {
  const verdicts = request.events.map(({ messageId }): Verdict => ({
    messageId,
    status: 'duplicate',
  }))
  account(view, request, id, request.events, verdicts)
  return {
    type: 'done',
    profile: id,
    root: id,
    verdicts,
    segments: [],
    decisions: [],
    until: NEVER,
  }
}

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
