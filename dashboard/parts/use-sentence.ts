import { useQuery } from '@tanstack/react-query'
import type { Condition } from '../../edge/protocol/condition.ts'
import { conditionSentence } from './condition-sentence.ts'
import { segmentsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** Says conditions as sentences, in which other segments have their names. */
export function useSentence(): (condition: Condition) => string {
  const { t, format } = useI18n()
  const { data = [] } = useQuery(segmentsQuery)
  const nameOf = (segment: string) =>
    data.find(({ id, key }) => id === segment || key === segment)?.name
  return (condition) => conditionSentence(condition, t, format, nameOf)
}
