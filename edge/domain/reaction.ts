import type { ReactionCondition } from '../protocol/condition.ts'
import { CHANNEL_EVENTS, MESSAGE_EVENTS, type Reaction } from '../protocol/reaction.ts'
import type { EvaluateEvents, Site } from './condition.ts'
import { compilePerformed } from './performed.ts'
import type { ReactionFilter } from './reaction-filter.ts'

/** Compiles what became of messages, as events of their own names. */
export function compileReaction(condition: ReactionCondition, site: Site): EvaluateEvents {
  const { kind, channel, campaign, type: _, ...test } = condition
  const reaction: ReactionFilter = {
    ...(channel !== undefined && { channel }),
    ...(campaign !== undefined && { campaign }),
  }
  return compilePerformed(
    { ...test, type: 'performed', event: reactionEvents(kind, channel) },
    site,
    reaction,
  )
}

/** Names of the events that tell of a reaction on a channel, or on any. */
export function reactionEvents(kind: Reaction, channel: string | undefined): readonly string[] {
  const own = Object.entries(CHANNEL_EVENTS).flatMap(([name, events]) =>
    channel === undefined || channel === name ? (events[kind] ?? []) : [],
  )
  return [MESSAGE_EVENTS[kind], ...own]
}
