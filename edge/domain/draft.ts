import { compile, type CompiledCondition } from './condition.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import type { CountedEvent } from './counted-event.ts'
import { grantLifetime } from './consent.ts'
import { FeatureSet } from './feature.ts'
import { judgeAt } from './judge.ts'
import type { Profile } from './profile.ts'
import { rebuildFeatures } from './rebuild.ts'
import type { Verdict } from './verdict.ts'
import type { Condition } from '../protocol/condition.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'

/** A condition that no segment has yet, asked as if one had it. */
export class Draft {
  readonly #compiled: CompiledCatalog
  readonly #features: FeatureSet
  readonly #condition: CompiledCondition
  readonly #purposes: readonly Purpose[]
  /** Profiles keep all that it reads already, because segments read the same. */
  readonly #isKept: boolean
  /** What it asks of a history: events of these names (undefined: any), what they told, and their ids. */
  readonly question: {
    readonly names: ReadonlySet<string> | undefined
    readonly properties: boolean
    readonly ids: boolean
  }

  constructor(condition: Condition, purposes: readonly Purpose[], compiled: CompiledCatalog) {
    const { catalog, segments } = compiled
    const features = new FeatureSet(catalog.timezone)
    const place = {
      features,
      horizon: catalog.retention,
      zone: catalog.timezone,
      scoring: catalog.scoring,
      computed: compiled.computed,
      edge: compiled.edge,
      segments: (id: SegmentId) => segments.get(id)?.definition,
    }
    this.#compiled = compiled
    this.#features = features
    this.#condition = compile(condition, place, purposes)
    this.#purposes = purposes
    const read = [...this.#condition.reads.features]
    this.#isKept = read.every((feature) => compiled.features.serves(feature))
    const names = read.some(({ events }) => events === undefined)
      ? undefined
      : new Set(read.flatMap(({ events = [] }) => events))
    this.question = { names, properties: features.ofProperties, ids: features.areOrdered }
  }

  /** Whether its history must be read to judge a profile. */
  asksHistory({ fingerprint }: Profile): boolean {
    if (this.question.names?.size === 0) return false
    return !this.#isKept || fingerprint !== this.#compiled.fingerprint
  }

  /** `history`: undefined where it is not asked for. Changes what the working copy keeps of events. */
  judge(profile: Profile, history: Iterable<CountedEvent> | undefined, now: Millis): Verdict {
    if (history !== undefined) {
      rebuildFeatures(profile, history, { features: this.#features, fingerprint: '' })
    }
    const { catalog, accounts } = this.#compiled
    const { evaluate } = this.#condition
    return judgeAt(
      profile,
      grantLifetime(catalog),
      now,
      accounts,
    )({ evaluate, purposes: this.#purposes })
  }
}
