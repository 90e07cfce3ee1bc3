import type { Condition } from '../protocol/condition.ts'
import { EVENT_NAMES, type EventRecord, type EventType } from '../protocol/event.ts'
import type { ExampleEvent, ExamplePerson } from '../protocol/example.ts'
import type { SourceId } from '../protocol/id.ts'
import { decisiveClause, type ClauseVerdict } from './clause.ts'
import { EDGE_SCORES } from './score/edge-scores.ts'
import { evaluatorOf, type Answer, type Person, type Where } from './evaluate.ts'

export interface ExampleResult {
  readonly person: ExamplePerson
  /** It is as it must be. */
  readonly passes: boolean
  readonly answer: Answer
  /** What made it so. */
  readonly decisive: ClauseVerdict
}

/** Asks a condition of each of its example people, at their own instant. */
export function tryExamples(
  condition: Condition,
  people: readonly ExamplePerson[],
  where: Where,
): readonly ExampleResult[] {
  const evaluate = evaluatorOf(condition, { edge: EDGE_SCORES, ...where })
  return people.map((person) => {
    const answer = evaluate(personOf(person), Date.parse(person.at))
    return {
      person,
      answer,
      passes: answer.holds === person.matches,
      decisive: decisiveClause(answer.clause),
    }
  })
}

const typeOf = (name: string): EventType =>
  (Object.keys(EVENT_NAMES) as (keyof typeof EVENT_NAMES)[]).find(
    (type) => EVENT_NAMES[type] === name,
  ) ?? 'track'

/** At equal times the order of the list counts. */
export const personOf = ({ events, traits, accounts, consent }: ExamplePerson): Person => ({
  events: events.map(recordOf),
  traits,
  accounts,
  consent,
})

function recordOf(
  { event, timestamp, properties = {}, context = {} }: ExampleEvent,
  position: number,
): EventRecord {
  const at = Date.parse(timestamp)
  return {
    messageId: String(position),
    type: typeOf(event),
    name: event.normalize('NFC'),
    timestamp: at,
    receivedAt: at,
    position,
    source: 'src_' as SourceId,
    identifiers: [],
    properties,
    context: context as EventRecord['context'],
  }
}
