import type { Condition, EventTest } from '../../protocol/condition.ts'
import { CHANNEL_EVENTS, MESSAGE_EVENTS } from '../../protocol/reaction.ts'
import type { Needs } from '../../protocol/ready-segment.ts'

/** What must be collected so that a condition can hold: read from it, so that it cannot be forgotten. */
export function needsOf(condition: Condition): Needs {
  const found = {
    events: new Set<string>(),
    properties: new Set<string>(),
    traits: new Set<string>(),
    accountTraits: new Set<string>(),
    segments: new Set<string>(),
  }
  const read = ({ event, where = [] }: EventTest): void => {
    for (const name of typeof event === 'string' ? [event] : event) found.events.add(name)
    for (const { property } of where) found.properties.add(property)
  }
  const visit = (node: Condition): void => {
    switch (node.type) {
      case 'all':
      case 'any':
        return node.conditions.forEach(visit)
      case 'not':
        return visit(node.condition)
      case 'trait':
        found.traits.add(node.trait)
        return
      case 'account':
        found.accountTraits.add(node.trait)
        return
      case 'performed':
        read(node)
        if (node.property !== undefined) found.properties.add(node.property)
        return
      case 'sequence':
        return node.steps.forEach(read)
      case 'followedBy':
      case 'notFollowedBy':
        read(node)
        read(node.then)
        if (node.then.same !== undefined) found.properties.add(node.then.same)
        return
      case 'lifecycle':
        return read(node)
      case 'reaction': {
        const [own] = CHANNEL_EVENTS[node.channel ?? '']?.[node.kind] ?? []
        found.events.add(own ?? MESSAGE_EVENTS[node.kind])
        return
      }
      case 'segment':
        found.segments.add(node.segment)
        return
      case 'context':
      case 'now':
      case 'consent':
        return // the edge sees it, or asks for it, by itself
    }
  }
  visit(condition)
  return {
    events: [...found.events],
    properties: [...found.properties],
    traits: [...found.traits],
    accountTraits: [...found.accountTraits],
    segments: [...found.segments],
  }
}
