import type { SegmentDefinition } from '../protocol/membership.ts'
import type { GluingValue, RegroupOutcome, RehearsalResult } from '../protocol/rehearsal.ts'
import type { RehearsalSums } from '../storage/rehearsal-store.ts'
import { byPeople } from './rehearse.ts'

const MAX_SHOWN = 100
const MAX_PROFILES = 50
const MAX_GLUING = 20

export const NO_SUMS: RehearsalSums = {
  now: 0,
  after: 0,
  merged: 0,
  groups: 0,
  split: 0,
  unchanged: 0,
  merges: [],
  splits: [],
  sizesNow: {},
  sizesAfter: {},
  gluing: [],
}

type Sizes = { readonly [segment: string]: number }

function sum(one: Sizes, other: Sizes): Sizes {
  const sizes: Record<string, number> = { ...one }
  for (const [segment, size] of Object.entries(other)) sizes[segment] = (sizes[segment] ?? 0) + size
  return sizes
}

/** Adds what a switch would make of one graph. */
export const withOutcome = (sums: RehearsalSums, outcome: RegroupOutcome): RehearsalSums => ({
  now: sums.now + outcome.now,
  after: sums.after + outcome.after,
  merged: sums.merged + outcome.merged,
  groups: sums.groups + outcome.merges.length,
  split: sums.split + outcome.split,
  unchanged: sums.unchanged + outcome.unchanged,
  merges: [
    ...sums.merges,
    ...outcome.merges.map((profiles) => ({
      people: profiles.length,
      profiles: profiles.slice(0, MAX_PROFILES),
    })),
  ]
    .sort((a, b) => b.people - a.people)
    .slice(0, MAX_SHOWN),
  splits: [...sums.splits, ...outcome.splits]
    .sort((a, b) => b.people - a.people)
    .slice(0, MAX_SHOWN),
  sizesNow: sum(sums.sizesNow, outcome.sizesNow),
  sizesAfter: sum(sums.sizesAfter, outcome.sizesAfter),
  gluing: withGluing(sums.gluing, outcome.gluing),
})

export const withGluing = (
  known: readonly GluingValue[],
  more: readonly GluingValue[],
): GluingValue[] => [...known, ...more].sort(byPeople).slice(0, MAX_GLUING)

/** What is told in the end. Segments whose size stays are among it: nothing changes there, which is worth knowing. */
export const resultOf = (
  sums: RehearsalSums,
  traits: readonly string[],
  segments: readonly SegmentDefinition[],
): RehearsalResult => ({
  people: { now: sums.now, after: sums.after },
  merged: { people: sums.merged, groups: sums.groups },
  split: sums.split,
  unchanged: sums.unchanged,
  merges: sums.merges,
  splits: sums.splits,
  segments: segments.map(({ id, key, name }) => ({
    id,
    key,
    name,
    now: sums.sizesNow[id] ?? 0,
    after: sums.sizesAfter[id] ?? 0,
  })),
  gluing: sums.gluing,
  traits,
})
