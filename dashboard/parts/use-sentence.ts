import { useQuery } from '@tanstack/react-query'
import type { ApiCap } from '../../edge/protocol/api-touch.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { conditionSentence } from './condition-sentence.ts'
import { capsQuery, segmentsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** Says conditions as sentences, in which other segments and caps have their names. */
export function useSentence(): (condition: Condition) => string {
  const { t, format } = useI18n()
  const { data: segments } = useQuery(segmentsQuery)
  const { data: caps } = useQuery(capsQuery)
  return (condition) => conditionSentence(condition, t, format, nameIn(segments), nameIn(caps))
}

type Named = Pick<ApiCap, 'id' | 'key' | 'name'>

const nameIn =
  (list: readonly Named[] = []) =>
  (named: string): string | undefined =>
    list.find(({ id, key }) => id === named || key === named)?.name
