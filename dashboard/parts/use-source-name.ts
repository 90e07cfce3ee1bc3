import { useQuery } from '@tanstack/react-query'
import { OWN_SOURCE } from '../../edge/protocol/id.ts'
import { sourcesQuery } from './queries.ts'

/** A source by its name, if it still exists. */
export function useSourceName(): (id: string) => string {
  const sources = useQuery(sourcesQuery)
  return (id) =>
    id === OWN_SOURCE ? 'Prisme' : (sources.data?.find((source) => source.id === id)?.name ?? id)
}
