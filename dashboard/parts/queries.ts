import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { ApiSession } from '../../edge/protocol/api.ts'
import type { ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import { api } from './api.ts'
import { ProblemError } from './problem.ts'
import { apiSpeech } from './request.ts'

/** Null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<ApiSession | null> => {
    try {
      return await api.session()
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

/** The published schema of conditions, and how what it says is said in the viewer's language. */
export const conditionSchemaQuery = (language: string) =>
  queryOptions({
    queryKey: ['condition-schema', language],
    queryFn: async () => {
      const [schema, say] = await Promise.all([api.conditionSchema(), apiSpeech()])
      return { schema, say }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: api.overview,
  refetchInterval: 60_000,
})

export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: () => all(api.segments.list),
  // A segment being built says how far it is.
  refetchInterval: ({ state }) =>
    state.data?.some((segment) => segment.state === 'building') ? 1_500 : 30_000,
})

/** The new version beside a segment: its figures grow while people are looked at, and move with them afterwards. */
export const candidateQuery = (id: string) =>
  queryOptions({
    queryKey: ['segments', id, 'candidate'],
    queryFn: () => api.segments.candidate.get(id),
    refetchInterval: ({ state }) => (state.data?.state === 'building' ? 1_500 : 10_000),
  })

/** What became of a segment of late, by the hour or by the day. */
export const segmentReportQuery = (id: string, by: ApiSegmentReport['by']) =>
  queryOptions({
    queryKey: ['segments', id, 'report', by],
    queryFn: () => api.segments.report(id, by),
    refetchInterval: 30_000,
  })

/** Why a person is in a segment, or is not. */
export const whyQuery = (profile: string, segment: string) =>
  queryOptions({
    queryKey: ['why', profile, segment],
    queryFn: () => api.profiles.why(profile, segment),
    refetchInterval: 15_000,
  })

/** How far the count over the whole history is. */
export const backFillQuery = queryOptions({
  queryKey: ['back-fill'],
  queryFn: api.backFill.get,
  refetchInterval: ({ state }) => (state.data?.state === 'idle' ? 10_000 : 1_500),
})

export const failedEventTotalsQuery = queryOptions({
  queryKey: ['failed-events', 'totals'],
  queryFn: api.failedEvents.totals,
  refetchInterval: 15_000,
})

export const experiencesQuery = queryOptions({
  queryKey: ['experiences'],
  queryFn: () => all(api.experiences.list),
})
export const capsQuery = queryOptions({
  queryKey: ['caps'],
  queryFn: () => all(api.caps.list),
})
export const pressureQuery = queryOptions({
  queryKey: ['caps', 'report'],
  queryFn: api.caps.report,
  refetchInterval: 30_000,
})
export const activationsQuery = queryOptions({
  queryKey: ['activations'],
  queryFn: () => all(api.activations.list),
})
export const destinationsQuery = queryOptions({
  queryKey: ['destinations'],
  queryFn: () => all(api.destinations.list),
})
export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: () => all(api.sources.list),
})
export const computedTraitsQuery = queryOptions({
  queryKey: ['computed-traits'],
  queryFn: () => all(api.computedTraits.list),
})
export const scoreSettingsQuery = queryOptions({
  queryKey: ['settings', 'scores'],
  queryFn: api.scores.settings,
})
/** `day`: as of the end of it; empty: of now. */
export const rfmQuery = (day: string) =>
  queryOptions({
    queryKey: ['reports', 'scores', 'rfm', day],
    queryFn: () => api.scores.rfm(day === '' ? undefined : day),
  })
/** Days, each as of the end of it; `to` empty: now. */
export const movementQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['reports', 'scores', 'movement', from, to],
    queryFn: () => api.scores.movement(from, to === '' ? undefined : to),
    enabled: from !== '',
  })
export const valueQuery = (day: string) =>
  queryOptions({
    queryKey: ['reports', 'scores', 'value', day],
    queryFn: () => api.scores.value(day === '' ? undefined : day),
  })
export const appetenceQuery = (day: string) =>
  queryOptions({
    queryKey: ['reports', 'scores', 'appetence', day],
    queryFn: () => api.scores.appetence(day === '' ? undefined : day),
  })
/** The newest imports; those that run are asked again soon. */
export const importsQuery = queryOptions({
  queryKey: ['imports', 'list'],
  queryFn: api.imports.list,
  refetchInterval: ({ state }) =>
    state.data?.items.some((item) => ACTIVE.has(item.state)) ? 1_500 : 30_000,
})
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: () => api.imports.get(id),
    refetchInterval: ({ state }) => (ACTIVE.has(state.data?.state ?? '') ? 1_000 : false),
  })
export const importMappingsQuery = queryOptions({
  queryKey: ['import-mappings'],
  queryFn: () => all(api.importMappings.list),
})
const ACTIVE: ReadonlySet<string> = new Set(['checking', 'running', 'paused'])

export const identityQuery = queryOptions({
  queryKey: ['settings', 'identity'],
  queryFn: api.identity.get,
})
/** One that runs is asked again soon. */
export const rehearsalQuery = (id: string) =>
  queryOptions({
    queryKey: ['settings', 'identity', 'rehearsals', id],
    queryFn: () => api.identity.rehearsal(id),
    refetchInterval: ({ state }) =>
      state.data?.state === 'rehearsing' || state.data?.state === 'switching' ? 1_000 : false,
  })

export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: () => all(api.keys.list) })

/** Definitions are few: their pages are read to the end. */
async function all<T>(
  list: (cursor?: string) => Promise<{ readonly items: readonly T[]; readonly cursor?: string }>,
): Promise<readonly T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await list(cursor)
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}

/** Anything may have changed while the live connection was away. */
export function refreshAll(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}
