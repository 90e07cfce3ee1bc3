import { useQuery } from '@tanstack/react-query'
import { sourcesQuery } from './queries.ts'

/** A source by its name, if it still exists. */
export function useSourceName(): (id: string) => string {
  const sources = useQuery(sourcesQuery)
  return (id) => sources.data?.find((source) => source.id === id)?.name ?? id
}
