import { z } from '@hono/zod-openapi'
import { computedBy } from '../domain/computed/condition.ts'
import { tryExamples, type ExampleResult } from '../domain/example.ts'
import { edgeScores } from '../domain/score/edge-scores.ts'
import { capsNamed, hasLinks } from '../domain/segment-links.ts'
import type { Env } from '../objects/env.ts'
import { parseExamples } from '../parse/example.ts'
import type { ExamplePerson } from '../protocol/example.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { FieldError } from '../protocol/problem.ts'
import { capsOfWorkspace } from '../storage/cap-store.ts'
import { computedTraitsOf } from '../storage/computed-trait-store.ts'
import { whereOf } from '../storage/example-store.ts'
import { linkableSegments } from '../storage/segment-store.ts'
import { Refusal } from './problem.ts'

const EXAMPLES = {
  type: 'array',
  description:
    'People about whom the segment must be right: saving is refused (422) while it is wrong about one. Absent when replacing: those it has stay, and are asked',
} as const

/** Example people in a body: mistakes are told each with its path. */
export const examples = z
  .unknown()
  .transform((value, context): readonly ExamplePerson[] => {
    const parsed = parseExamples(value, '')
    if (parsed.ok) return parsed.value
    for (const { path, reason } of parsed.errors) {
      // zod puts the field's own name before each path.
      context.addIssue({ code: 'custom', message: reason, path: path.split('.').slice(1) })
    }
    return z.NEVER
  })
  .openapi({
    ...EXAMPLES,
    example: [
      {
        name: 'Bought yesterday',
        matches: true,
        at: '2026-01-31T12:00:00.000Z',
        events: [{ event: 'Order Completed', timestamp: '2026-01-30T12:00:00.000Z' }],
      },
    ],
  })

export const shownExamples = z.custom<readonly ExamplePerson[]>().openapi(EXAMPLES)

/** Refuses a condition that is wrong about one of its example people. */
export async function requireExamples(
  env: Env,
  workspace: WorkspaceId,
  { condition, purposes }: Pick<SegmentDefinition, 'condition' | 'purposes'>,
  people: readonly ExamplePerson[],
): Promise<void> {
  if (people.length === 0) return
  const where = await whereOf(env.DB, workspace)
  const caps = capsNamed(condition).length > 0 ? await capsOfWorkspace(env.DB, workspace) : []
  // Those of thresholds are asked for too.
  const isLinked = hasLinks(condition) || caps.length > 0
  const segments = isLinked ? await linkableSegments(env.DB, workspace) : []
  const computed = computedBy(await computedTraitsOf(env.DB, workspace))
  const results = tryExamples(condition, people, {
    ...where,
    segments,
    computed,
    ...(purposes !== undefined && { purposes }),
    edge: edgeScores(caps),
  })
  const errors = results.flatMap((result, place) => (result.passes ? [] : [faultOf(result, place)]))
  if (errors.length === 0) return
  throw new Refusal(422, 'The condition is wrong about an example person; see errors.', errors)
}

function faultOf({ person, answer, decisive }: ExampleResult, place: number): FieldError {
  const must = person.matches ? 'must match and does not' : 'must not match and does'
  const { path, type, holds } = decisive
  const clause = `${path} (${type}) ${holds ? 'holds' : 'does not hold'}`
  return {
    path: `examples.${place}`,
    reason: `“${person.name}” ${must} at ${person.at}: ${
      path === answer.clause.path ? `the whole condition (${type}) decides` : clause
    }`,
  }
}
