import type { ConsentChange } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import { answersOf, isHeeded, type Answer } from './consent.ts'

const MAX_CHANGES = 100

/**
 * When a person's answers changed, newest first: who said it, by which source and signal. Follows from the kept events
 * in whatever order they came; of equal times the denial is the one that stands.
 */
export function consentHistory(events: Iterable<EventRecord>): ConsentChange[] {
  const answers: (ConsentChange & Pick<Answer, 'by' | 'isGiven'>)[] = []
  for (const event of events) {
    const { source, device, consentSignals, messageId } = event
    const identifiers = event.identifiers.map(({ kind }) => kind)
    for (const { purpose, granted, at, by, isGiven } of answersOf(event)) {
      const signal = consentSignals?.[purpose] ?? 'preferences'
      const who = { source, ...(device !== undefined && { device }), identifiers }
      answers.push({ purpose, granted, at, ...who, signal, messageId, by, isGiven })
    }
  }
  answers.sort(
    (a, b) =>
      a.at - b.at ||
      Number(a.granted) - Number(b.granted) ||
      (a.messageId < b.messageId ? -1 : Number(a.messageId > b.messageId)),
  )
  const latest = new Map<string, ConsentChange & Pick<Answer, 'by'>>()
  const changes: ConsentChange[] = []
  for (const { isGiven, by, ...answer } of answers) {
    const before = latest.get(answer.purpose)
    if (before?.at === answer.at || !isHeeded(before, { ...answer, by, isGiven })) continue
    latest.set(answer.purpose, { ...answer, by })
    if (before?.granted !== answer.granted) changes.push(answer)
  }
  return changes.reverse().slice(0, MAX_CHANGES)
}
