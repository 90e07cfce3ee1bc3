import type { ConsentChange } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import { answersOf } from './consent.ts'

const MAX_CHANGES = 100

/**
 * When a person's answers changed, newest first: who said it, by which source and signal. Follows from the kept events
 * in whatever order they came; of equal times the denial is the one that stands.
 */
export function consentHistory(events: Iterable<EventRecord>): ConsentChange[] {
  const answers: ConsentChange[] = []
  for (const event of events) {
    const { source, device, consentSignals, messageId } = event
    const identifiers = event.identifiers.map(({ kind }) => kind)
    for (const { purpose, granted, at } of answersOf(event)) {
      const signal = consentSignals?.[purpose] ?? 'preferences'
      const who = { source, ...(device !== undefined && { device }), identifiers }
      answers.push({ purpose, granted, at, ...who, signal, messageId })
    }
  }
  answers.sort(
    (a, b) =>
      a.at - b.at ||
      Number(a.granted) - Number(b.granted) ||
      (a.messageId < b.messageId ? -1 : Number(a.messageId > b.messageId)),
  )
  const latest = new Map<string, ConsentChange>()
  const changes: ConsentChange[] = []
  for (const answer of answers) {
    const before = latest.get(answer.purpose)
    if (before?.granted === answer.granted || before?.at === answer.at) continue
    latest.set(answer.purpose, answer)
    changes.push(answer)
  }
  return changes.reverse().slice(0, MAX_CHANGES)
}
