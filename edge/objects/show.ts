import { decide } from '../domain/experience.ts'
import {
  capsOf,
  pressedOf,
  questionOf,
  refusedBy,
  type TouchQuestion,
} from '../domain/score/cap.ts'
import { base32 } from '../domain/id.ts'
import type { Profile } from '../domain/profile.ts'
import type { Decision, ExperienceDefinition } from '../protocol/decision.ts'
import type { SegmentId } from '../protocol/id.ts'
import { ONSITE } from '../protocol/reaction.ts'
import type { TouchRefusal } from '../protocol/touch.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'
import { TouchBook } from './touches.ts'

/** Whether what is shown may be counted, or refused: else a decision writes nothing, and looks at no messages. */
export const mayPress = ({ compiled: { catalog } }: Shard): boolean =>
  catalog.experiences.some(({ enabled, touch }) => enabled && touch !== undefined) &&
  capsOf(catalog).some(({ onSite }) => onSite === true)

/** What to show somebody of whom nothing is known: nothing of it is counted, but a cap may allow none. */
export function showStranger(
  shard: Shard,
  stranger: Profile,
  placements: readonly string[],
): readonly Decision[] {
  const { catalog } = shard.compiled
  const decisions = decide(catalog, () => false, stranger.bucket, placements)
  if (!mayPress(shard)) return decisions
  const now = shard.now()
  const pressed = pressedOf(stranger, shard.compiled, now)
  return decisions.map((decision) =>
    asked(shard, decision, (question) => refusedBy(question, pressed, now)),
  )
}

/**
 * What to show somebody, who is in the segments `isMember` says. What presses takes its place in their history, or
 * something else is shown. Call it in a transaction, if `mayPress`.
 */
export function show(
  shard: Shard,
  profile: Profile,
  isMember: (segment: SegmentId) => boolean,
  placements: readonly string[],
): readonly Decision[] {
  const { catalog } = shard.compiled
  const decisions = decide(catalog, isMember, profile.bucket, placements)
  if (!mayPress(shard)) return decisions
  const book = new TouchBook(shard, profile, shard.now())
  const shown = decisions.map((decision) =>
    asked(shard, decision, (question) => book.take(question)),
  )
  if (book.isEmpty) return shown
  shard.save(profile, book.close())
  shard.arm()
  return shown
}

function asked(
  shard: Shard,
  decision: Decision,
  take: (question: TouchQuestion) => TouchRefusal | undefined,
): Decision {
  const { catalog } = shard.compiled
  const experience = catalog.experiences.find(({ key }) => key === decision.experience)
  // The page's own content presses on nobody.
  if (experience?.touch === undefined || decision.variation === undefined) return decision
  const { fallback: _, ...details } = experience.touch
  const messageId = `shw_${base32(randomBytes())}`
  const campaign = { id: experience.id, name: experience.name }
  const question = questionOf({ messageId, channel: ONSITE, campaign, ...details }, shard.now())
  const refusal = take(question)
  return refusal === undefined
    ? { ...decision, messageId }
    : insteadOf(decision, experience, refusal)
}

function insteadOf(
  { placement, experience: key }: Decision,
  { touch, variations }: ExperienceDefinition,
  { cap }: TouchRefusal,
): Decision {
  const refused = { placement, experience: key, reason: 'capped', cap } as const
  const fallback = variations.find((variation) => variation.key === touch?.fallback)
  return fallback === undefined
    ? refused
    : { ...refused, variation: fallback.key, content: fallback.content }
}
