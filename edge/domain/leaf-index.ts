import type { ContextField } from '../protocol/event.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { Changes } from './apply-event.ts'
import type { CompiledSegment } from './compiled-catalog.ts'
import type { Feature } from './feature.ts'
import type { Leaf } from './leaf.ts'
import type { Profile } from './profile.ts'

const NONE: readonly never[] = []

/** Which leaves read what, and which segments read which leaf. */
export class LeafIndex {
  readonly #byKey = new Map<string, Leaf>()
  readonly #readers = new Map<Leaf, CompiledSegment[]>()
  readonly #byFeature = new Map<Feature, Leaf[]>()
  readonly #byFeatureKey = new Map<string, Leaf[]>()
  readonly #byTrait = new Map<string, Leaf[]>()
  readonly #byContext = new Map<ContextField, Leaf[]>()
  readonly #byPurpose = new Map<Purpose, Leaf[]>()
  readonly #restless: Leaf[] = []
  readonly ofAccounts: Leaf[] = []
  readonly #ofIdentifiers: Leaf[] = []
  /** Segments that hold of somebody of whom nothing is known. */
  readonly ofBlank: CompiledSegment[] = []

  constructor(segments: Iterable<CompiledSegment>) {
    for (const segment of segments) {
      for (const leaf of segment.leaves) this.#add(leaf, segment)
      if (segment.holds(({ blank }) => blank.holds)) this.ofBlank.push(segment)
    }
  }

  #add(leaf: Leaf, reader: CompiledSegment): void {
    const readers = this.#readers.get(leaf)
    if (readers !== undefined) {
      readers.push(reader)
      return
    }
    this.#readers.set(leaf, [reader])
    this.#byKey.set(leaf.key, leaf)
    const { features, traits, context, purposes, accounts, identifiers } = leaf.reads
    for (const feature of features) {
      file(this.#byFeature, feature, leaf)
      file(this.#byFeatureKey, feature.key, leaf)
    }
    for (const name of traits) file(this.#byTrait, name, leaf)
    for (const field of context) file(this.#byContext, field, leaf)
    for (const purpose of purposes) file(this.#byPurpose, purpose, leaf)
    if (accounts) this.ofAccounts.push(leaf)
    if (identifiers) this.#ofIdentifiers.push(leaf)
    if (leaf.isRestless) this.#restless.push(leaf)
  }

  /** Undefined: no segment reads it any more. */
  find(key: string): Leaf | undefined {
    return this.#byKey.get(key)
  }

  readersOf(leaf: Leaf): readonly CompiledSegment[] {
    return this.#readers.get(leaf) ?? NONE
  }

  /** Leaves that read something that changed. */
  touched(changes: Changes, answered: ReadonlySet<Purpose>): readonly Leaf[] {
    const { features, traits, context, accounts, identifiers } = changes
    const isOfFeatures = traits.size + context.size + answered.size === 0
    if (features.size === 1 && isOfFeatures && !accounts && !identifiers) {
      for (const only of features) return this.#byFeature.get(only) ?? NONE
    }
    const found = new Set<Leaf>()
    for (const feature of features) addAll(found, this.#byFeature.get(feature))
    for (const name of traits) addAll(found, this.#byTrait.get(name))
    for (const field of context) addAll(found, this.#byContext.get(field))
    for (const purpose of answered) addAll(found, this.#byPurpose.get(purpose))
    if (accounts) addAll(found, this.ofAccounts)
    if (identifiers) addAll(found, this.#ofIdentifiers)
    return [...found]
  }

  /** Leaves that may stand otherwise than they do of somebody of whom nothing is known. */
  concerned({
    standing,
    occurrences,
    kept,
    traits,
    context,
    ever,
    groups,
  }: Profile): readonly Leaf[] {
    // What depends on identifiers depends on consent too, and is restless.
    const found = new Set<Leaf>(this.#restless)
    for (const key of standing.keys()) {
      const leaf = this.#byKey.get(key)
      if (leaf !== undefined) found.add(leaf)
    }
    for (const key of occurrences.keys()) {
      const leaves = this.#byFeatureKey.get(key)
      addAll(found, leaves)
      if (leaves !== undefined) continue
      for (const purpose of kept) {
        if (key.startsWith(`${purpose} `)) {
          addAll(found, this.#byFeatureKey.get(key.slice(purpose.length + 1)))
        }
      }
    }
    for (const name of traits.keys()) addAll(found, this.#byTrait.get(name))
    for (const field of ever.keys()) addAll(found, this.#byContext.get(field))
    for (const field of Object.keys(context)) {
      addAll(found, this.#byContext.get(field as ContextField))
    }
    if (groups.size > 0) addAll(found, this.ofAccounts)
    return [...found]
  }
}

function file<K>(index: Map<K, Leaf[]>, key: K, leaf: Leaf): void {
  const leaves = index.get(key)
  if (leaves === undefined) index.set(key, [leaf])
  else leaves.push(leaf)
}

function addAll(found: Set<Leaf>, leaves: readonly Leaf[] | undefined): void {
  if (leaves === undefined) return
  for (const leaf of leaves) found.add(leaf)
}
