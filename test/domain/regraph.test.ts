import { expect, test } from 'vitest'
import { newGraph, note, type Graph } from '../../edge/domain/graph.ts'
import { identifierKey } from '../../edge/domain/identity.ts'
import { counting, regraph, rereading, saysTheSame } from '../../edge/domain/regraph.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { DEFAULT_KINDS, type ClaimedIdentifier } from '../../edge/protocol/identifier.ts'
import type { IdentityRules } from '../../edge/protocol/rehearsal.ts'
import { track } from './build.ts'

const ADA = 'prf_ada' as ProfileId
const RULES: IdentityRules = {
  kinds: DEFAULT_KINDS,
  sharedDevice: 'last-login-owns',
  blocked: [],
  traits: {},
  remake: false,
}
const without = (...kinds: readonly string[]): IdentityRules => ({
  ...RULES,
  kinds: DEFAULT_KINDS.filter(({ kind }) => !kinds.includes(kind)),
})
const claim = (kind: string, value: string): ClaimedIdentifier => ({ kind, value, proven: true })
const [USER, CRM, BADGE] = [claim('userId', 'u1'), claim('crmId', 'c1'), claim('badge', 'b1')]
const naming = (...identifiers: readonly ClaimedIdentifier[]): EventRecord =>
  track('Seen', 1_000, {}, { identifiers })

/** Ada's graph, as messages made it one after the other. */
function graphOf(...events: readonly EventRecord[]): Graph {
  const graph = newGraph()
  for (const event of events) note(graph, event, DEFAULT_KINDS)
  graph.ids.set(ADA, { createdAt: 0, anchor: identifierKey(USER) })
  graph.people.set(ADA, [...graph.nodes.keys()])
  return graph
}

test('what counts is of a known kind and not blocked', () => {
  const counts = counting({ ...RULES, blocked: [{ value: 'u1' }, { kind: 'crmId', value: 'c2' }] })
  const table = [
    USER,
    claim('userId', 'u2'),
    CRM,
    claim('crmId', 'c2'),
    claim('email', 'c2'),
    BADGE,
  ]
  expect(table.map(counts)).toEqual([false, true, true, false, true, false])
})

test('reading an event there and back again is as it was; what changes nothing is the very event', () => {
  const event = naming(USER, CRM)
  expect(rereading(RULES)(event)).toBe(event)
  const bare = rereading(without('crmId'))(event)
  expect([bare.identifiers, bare.dormant]).toEqual([[USER], [CRM]])
  expect(rereading(without('crmId'))(bare)).toBe(bare)
  expect(rereading(RULES)(bare)).toEqual(event)
})

test('an event that would be nobody’s keeps the most trusted name it came with', () => {
  const event = naming(CRM, USER)
  const read = rereading(without('crmId', 'userId'))(event)
  expect(read.identifiers).toHaveLength(1)
  expect(read.dormant).toHaveLength(1)
  expect(rereading(without('crmId', 'userId'))(read)).toBe(read)
})

test('under the same rules a graph is what it was', () => {
  const events = [naming(USER, CRM), naming(CRM, claim('email', 'h1'))]
  const graph = graphOf(...events)
  expect(saysTheSame(graph, regraph(graph, new Map([[ADA, events]]), RULES))).toBe(true)
})

test('an id whose anchor counts no more stays with its person', () => {
  const events = [naming(USER, CRM)].map(rereading(without('userId')))
  const next = regraph(graphOf(naming(USER, CRM)), new Map([[ADA, events]]), without('userId'))
  expect([...next.nodes.keys()]).toEqual([identifierKey(CRM)])
  expect(next.ids.get(ADA)?.anchor).toBe(identifierKey(CRM))
})

test('what was refused to a graph is not in it, whoever names it', () => {
  const event = { ...naming(USER), dormant: [BADGE] }
  const rules = { ...RULES, kinds: [{ kind: 'badge', level: 'person' as const }, ...DEFAULT_KINDS] }
  const graph = graphOf(naming(USER))
  const histories = new Map([[ADA, [rereading(rules)(event)]]])
  expect(regraph(graph, histories, rules).nodes.has(identifierKey(BADGE))).toBe(true)
  graph.refused = [`proven ${identifierKey(BADGE)}`]
  expect(regraph(graph, histories, rules).nodes.has(identifierKey(BADGE))).toBe(false)
})
