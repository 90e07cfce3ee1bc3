import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { computedBy } from '../../edge/domain/computed/condition.ts'
import { tryExamples, type ExampleResult } from '../../edge/domain/example.ts'
import { edgeScores } from '../../edge/domain/score/edge-scores.ts'
import type { ApiCap } from '../../edge/protocol/api-touch.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { Purpose } from '../../edge/protocol/consent.ts'
import type { ExamplePerson } from '../../edge/protocol/example.ts'
import type { CapId, SegmentId } from '../../edge/protocol/id.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { capsQuery, computedTraitsQuery, segmentsQuery, sessionQuery } from './queries.ts'

/** Milliseconds without typing before people are asked about again. */
const PAUSE = 300

/** Asks the edge's own evaluator about people; nothing while the condition is incomplete. */
type Ask = (
  condition: unknown,
  purposes: readonly Purpose[],
  people: readonly ExamplePerson[],
) => readonly ExampleResult[]

export function useAsk(): Ask {
  const { data: session } = useQuery(sessionQuery)
  const { data: segments } = useQuery(segmentsQuery)
  const { data: traits } = useQuery(computedTraitsQuery)
  const { data: caps } = useQuery(capsQuery)
  const edge = useMemo(() => edgeScores(caps?.map(definitionOf)), [caps])
  const computed = useMemo(() => computedBy(traits), [traits])
  const where = session?.workspace
  return useCallback(
    (condition, purposes, people) => {
      const parsed = parseCondition(condition)
      // Segments that it names are asked as they are.
      const known = segments?.map((one) => ({ ...one, id: one.id as SegmentId })) ?? []
      return parsed.ok && where !== undefined
        ? tryExamples(parsed.value, people, { ...where, segments: known, purposes, computed, edge })
        : []
    },
    [where, segments, computed, edge],
  )
}

const definitionOf = ({ channel, tag, thresholds, ...cap }: ApiCap): CapDefinition => ({
  ...cap,
  id: cap.id as CapId,
  ...(channel !== null && { channel }),
  ...(tag !== null && { tag }),
  thresholds: thresholds.map((one) => ({ ...one, segment: one.segment as SegmentId })),
})

/** What a condition says of each, as both stood when typing paused. */
export function useExampleResults(
  condition: Condition,
  purposes: readonly Purpose[],
  people: readonly ExamplePerson[],
): readonly (ExampleResult & { readonly condition: Condition })[] {
  const ask = useAsk()
  const [asked] = useDebouncedValue(JSON.stringify({ condition, purposes, people }), PAUSE)
  return useMemo(() => {
    const settled = JSON.parse(asked) as {
      readonly condition: Condition
      readonly purposes: readonly Purpose[]
      readonly people: readonly ExamplePerson[]
    }
    return ask(settled.condition, settled.purposes, settled.people).map((result) => ({
      ...result,
      condition: settled.condition,
    }))
  }, [asked, ask])
}
