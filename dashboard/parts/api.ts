import type { JSONSchema } from 'vscode-json-languageservice'
import type {
  ApiComputedPreview,
  ApiComputedTrait,
} from '../../edge/protocol/api-computed-trait.ts'
import type { ComputedTrait } from '../../edge/protocol/computed-trait.ts'
import type {
  ActivationInput,
  ApiAccount,
  ApiAccountDetail,
  ApiActivation,
  ApiAuditEntry,
  ApiConsentSettings,
  ApiDelivery,
  ApiDestination,
  ApiDestinationTest,
  ApiErasure,
  ApiExperience,
  ApiFailedEvent,
  ApiFailedEventTotals,
  ApiMember,
  ApiOverview,
  ApiProfile,
  ApiReplayedPart,
  ApiSecretKey,
  ApiSession,
  ApiSetup,
  ApiSource,
  ApiTimeline,
  ConsentSettingsInput,
  DestinationInput,
  ExperienceInput,
  Page,
  SecretKeyInput,
  SetupInput,
  SourceInput,
} from '../../edge/protocol/api.ts'
import type {
  ApiAppetenceReport,
  ApiCustomer,
  ApiRfmMovement,
  ApiRfmReport,
  ApiScoreSettings,
  ApiValueReport,
  ScoreSettingsInput,
} from '../../edge/protocol/api-score.ts'
import type {
  ApiCap,
  ApiPressureReport,
  ApiTouches,
  CapInput,
} from '../../edge/protocol/api-touch.ts'
import type {
  ApiPreview,
  ApiSegment,
  ApiSegmentReport,
  SegmentInput,
} from '../../edge/protocol/api-segment.ts'
import type { ApiCount } from '../../edge/protocol/count.ts'
import type { ApiBackFill } from '../../edge/protocol/back-fill.ts'
import type { ApiCandidate, CandidateInput, Side } from '../../edge/protocol/candidate.ts'
import type {
  ApiImport,
  ApiImportMapping,
  ImportFormat,
  ImportMapping,
} from '../../edge/protocol/import.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { DeliveryState } from '../../edge/protocol/delivery.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { ApiIdentitySettings, ApiRehearsal } from '../../edge/protocol/rehearsal.ts'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import type { ApiWhy } from '../../edge/protocol/why.ts'
import { query, request } from './request.ts'

/** Which failed events are meant; all without any. */
export interface FailedEventQuery {
  readonly source?: string | undefined
  readonly reason?: string | undefined
}

/** Which customers are meant: of a cell, or of a place in the grid. */
export interface CustomerQuery {
  readonly cell?: string | undefined
  readonly recency?: number | undefined
  readonly frequency?: number | undefined
}

/** Which events of a person are meant; all without any. Days as YYYY-MM-DD in the viewer's zone, both included. */
export interface TimelineQuery {
  readonly event?: string | undefined
  readonly source?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** A condition that no segment has, and the purposes it would have. */
export interface Asked {
  readonly condition: Condition
  readonly purposes?: readonly string[]
}

const segmentAt = (id: string): string => `/api/segments/${encodeURIComponent(id)}`
const countAt = (id: string): string => `/api/counts/${encodeURIComponent(id)}`
const profileAt = (id: string): string => `/api/profiles/${encodeURIComponent(id)}`

/** The instant at which a day begins where the viewer is, or the one `days` later. */
function startOfDay(day: string, days: number): string {
  const start = new Date(`${day}T00:00`)
  start.setDate(start.getDate() + days)
  return start.toISOString()
}

/** A resource with the five usual calls below `/api/{path}`. */
function resource<Item, Input>(path: string) {
  const at = (id: string) => `/api/${path}/${encodeURIComponent(id)}`
  return {
    list: (cursor?: string) => request<Page<Item>>('GET', `/api/${path}${query({ cursor })}`),
    get: (id: string) => request<Item>('GET', at(id)),
    create: (input: Input) => request<Item>('POST', `/api/${path}`, input),
    replace: (id: string, input: Input) => request<Item>('PUT', at(id), input),
    remove: (id: string) => request<void>('DELETE', at(id)),
  }
}

const REHEARSALS = '/api/settings/identity/rehearsals'

/** By what a trait is computed. */
export type ComputedTraitBy = Omit<ComputedTrait, 'key'>
/** Without a key one is made of the name. */
export type ComputedTraitInput = ComputedTraitBy & { readonly name: string; readonly key?: string }

/** `kinds` null: the default. */
export type IdentitySettingsInput = Omit<ApiIdentitySettings, 'kinds'> & {
  readonly kinds: ApiIdentitySettings['kinds'] | null
}

/** Every call the dashboard makes, over the shapes of `edge/protocol/api.ts`. */
export const api = {
  session: () => request<ApiSession>('GET', '/api/session'),
  signIn: (email: string, password: string) =>
    request<unknown>('POST', '/api/auth/sign-in/email', { email, password }),
  signOut: () => request<unknown>('POST', '/api/auth/sign-out', {}),
  setup: () => request<ApiSetup>('GET', '/api/setup'),
  runSetup: (input: SetupInput) => request<unknown>('POST', '/api/setup', input),

  consent: {
    get: () => request<ApiConsentSettings>('GET', '/api/settings/consent'),
    replace: (input: ConsentSettingsInput) =>
      request<ApiConsentSettings>('PUT', '/api/settings/consent', input),
  },

  scores: {
    settings: () => request<ApiScoreSettings>('GET', '/api/settings/scores'),
    replace: (input: ScoreSettingsInput) =>
      request<ApiScoreSettings>('PUT', '/api/settings/scores', input),
    refresh: () => request<unknown>('POST', '/api/scores/refresh'),
    rfm: (asOf?: string) => request<ApiRfmReport>('GET', `/api/reports/rfm${query({ asOf })}`),
    movement: (from: string, to?: string) =>
      request<ApiRfmMovement>('GET', `/api/reports/rfm/movement${query({ from, to })}`),
    customers: (wanted: CustomerQuery, cursor?: string) =>
      request<Page<ApiCustomer>>(
        'GET',
        `/api/customers${query({
          cell: wanted.cell,
          recency: wanted.recency?.toString(),
          frequency: wanted.frequency?.toString(),
          limit: '25',
          cursor,
        })}`,
      ),
    value: (asOf?: string) =>
      request<ApiValueReport>('GET', `/api/reports/value${query({ asOf })}`),
    appetence: (asOf?: string) =>
      request<ApiAppetenceReport>('GET', `/api/reports/appetence${query({ asOf })}`),
  },

  identity: {
    get: () => request<ApiIdentitySettings>('GET', '/api/settings/identity'),
    replace: (settings: IdentitySettingsInput) =>
      request<ApiIdentitySettings>('PUT', '/api/settings/identity', settings),
    rehearse: (settings: IdentitySettingsInput, days: number) =>
      request<ApiRehearsal>('POST', REHEARSALS, { settings, days }),
    rehearsal: (id: string) =>
      request<ApiRehearsal>('GET', `${REHEARSALS}/${encodeURIComponent(id)}`),
    cancel: (id: string) => request<void>('DELETE', `${REHEARSALS}/${encodeURIComponent(id)}`),
    switch: (id: string) =>
      request<ApiRehearsal>('POST', `${REHEARSALS}/${encodeURIComponent(id)}/switch`),
  },

  /** What a condition may be, and what its parts mean. */
  conditionSchema: () => request<JSONSchema>('GET', '/schemas/condition.json'),
  overview: () => request<ApiOverview>('GET', '/api/reports/overview'),

  segments: {
    ...resource<ApiSegment, SegmentInput>('segments'),
    /** `withActivations`: those that tell of it go too. */
    remove: (id: string, withActivations = false) =>
      request<void>(
        'DELETE',
        `${segmentAt(id)}${query({ with: withActivations ? 'activations' : undefined })}`,
      ),
    cancel: (id: string) =>
      request<{ readonly cancelled: 'candidate' | 'change' | 'segment' }>(
        'POST',
        `${segmentAt(id)}/cancel`,
      ),
    candidate: {
      get: (id: string) => request<ApiCandidate>('GET', `${segmentAt(id)}/candidate`),
      save: (id: string, input: CandidateInput) =>
        request<ApiCandidate>('PUT', `${segmentAt(id)}/candidate`, input),
      discard: (id: string) => request<void>('DELETE', `${segmentAt(id)}/candidate`),
      people: (id: string, side: Side) =>
        request<Page<ApiMember>>(
          'GET',
          `${segmentAt(id)}/candidate/${side}${query({ limit: '8' })}`,
        ),
      switch: (id: string, candidate: string) =>
        request<ApiSegment>('POST', `${segmentAt(id)}/switch`, { candidate }),
    },
    preview: (asked: Asked, signal?: AbortSignal) =>
      request<ApiPreview>('POST', '/api/segments/preview', asked, signal),
    report: (id: string, by: ApiSegmentReport['by']) =>
      request<ApiSegmentReport>('GET', `${segmentAt(id)}/report${query({ by })}`),
    members: (id: string, cursor?: string) =>
      request<Page<ApiMember>>(
        'GET',
        `/api/segments/${encodeURIComponent(id)}/members${query({ cursor })}`,
      ),
  },

  counts: {
    begin: (asked: Asked) => request<ApiCount>('POST', '/api/counts', asked),
    get: (id: string) => request<ApiCount>('GET', countAt(id)),
    cancel: (id: string) => request<void>('DELETE', countAt(id)),
  },

  backFill: {
    get: () => request<ApiBackFill>('GET', '/api/back-fill'),
    pause: () => request<ApiBackFill>('POST', '/api/back-fill/pause'),
    resume: () => request<ApiBackFill>('POST', '/api/back-fill/resume'),
  },

  profiles: {
    find: (kind: string, value: string) =>
      request<ApiProfile>('GET', `/api/profiles${query({ kind, value })}`),
    get: (id: string) => request<ApiProfile>('GET', profileAt(id)),
    touches: (id: string) => request<ApiTouches>('GET', `${profileAt(id)}/touches`),
    why: (id: string, segment: string) =>
      request<ApiWhy>('GET', `${profileAt(id)}/why${query({ segment })}`),
    events: (id: string, { from, to, ...filter }: TimelineQuery, cursor?: string) =>
      request<ApiTimeline>(
        'GET',
        `${profileAt(id)}/events${query({
          ...filter,
          from: from && startOfDay(from, 0),
          to: to && startOfDay(to, 1),
          limit: '50',
          cursor,
        })}`,
      ),
    /** Address of the file with all there is of a person. */
    exportAt: (id: string): string => `${profileAt(id)}/export`,
    erase: (id: string) => request<ApiErasure>('DELETE', profileAt(id)),
    unmerge: (id: string, merge: string) =>
      request<{ readonly profile: string }>('POST', `${profileAt(id)}/unmerge`, { merge }),
    rejoin: (id: string, separation: string) =>
      request<void>('DELETE', `${profileAt(id)}/separations/${encodeURIComponent(separation)}`),
  },

  erasures: (cursor?: string) =>
    request<Page<ApiErasure>>('GET', `/api/erasures${query({ cursor })}`),

  accounts: {
    list: (cursor?: string) =>
      request<Page<ApiAccount>>('GET', `/api/accounts${query({ cursor })}`),
    get: (id: string, cursor?: string) =>
      request<ApiAccountDetail>(
        'GET',
        `/api/accounts/${encodeURIComponent(id)}${query({ cursor })}`,
      ),
  },

  experiences: resource<ApiExperience, ExperienceInput>('experiences'),
  computedTraits: {
    ...resource<ApiComputedTrait, ComputedTraitInput>('computed-traits'),
    preview: (by: ComputedTraitBy) =>
      request<ApiComputedPreview>('POST', '/api/computed-traits/preview', by),
  },
  activations: resource<ApiActivation, ActivationInput>('activations'),
  caps: {
    ...resource<ApiCap, CapInput>('caps'),
    report: () => request<ApiPressureReport>('GET', '/api/reports/pressure'),
  },
  destinations: {
    ...resource<ApiDestination, DestinationInput>('destinations'),
    test: (id: string) =>
      request<ApiDestinationTest>('POST', `/api/destinations/${encodeURIComponent(id)}/test`),
  },

  deliveries: {
    list: (state?: DeliveryState, cursor?: string) =>
      request<Page<ApiDelivery>>('GET', `/api/deliveries${query({ state, cursor })}`),
    replay: (id: string) =>
      request<unknown>('POST', `/api/deliveries/${encodeURIComponent(id)}/replay`),
  },
  failedEvents: {
    list: (filter: FailedEventQuery, cursor?: string) =>
      request<Page<ApiFailedEvent>>('GET', `/api/failed-events${query({ ...filter, cursor })}`),
    totals: () => request<ApiFailedEventTotals>('GET', '/api/failed-events/totals'),
    replay: (id: string, event?: JsonObject) =>
      request<{ readonly verdict: Verdict }>(
        'POST',
        `/api/failed-events/${encodeURIComponent(id)}/replay`,
        { event },
      ),
    replayMany: (filter: FailedEventQuery, cursor?: string) =>
      request<ApiReplayedPart>('POST', '/api/failed-events/replay', { ...filter, cursor }),
  },

  imports: {
    list: () => request<Page<ApiImport>>('GET', '/api/imports?limit=50'),
    get: (id: string) => request<ApiImport>('GET', `/api/imports/${encodeURIComponent(id)}`),
    begin: (id: string, act: 'dry-run' | 'start', mapping: ImportMapping) =>
      request<ApiImport>('POST', `/api/imports/${encodeURIComponent(id)}/${act}`, { mapping }),
    cancel: (id: string) =>
      request<ApiImport>('POST', `/api/imports/${encodeURIComponent(id)}/cancel`),
    beginUpload: (input: { name: string; size: number; fingerprint: string }) =>
      request<ApiImport>('POST', '/api/imports/uploads', input),
    complete: (id: string) =>
      request<ApiImport>('POST', `/api/imports/${encodeURIComponent(id)}/complete`),
    rewrite: (id: string, format: ImportFormat) =>
      request<ApiImport>('PUT', `/api/imports/${encodeURIComponent(id)}/format`, format),
    remove: (id: string) => request<void>('DELETE', `/api/imports/${encodeURIComponent(id)}`),
  },
  importMappings: resource<ApiImportMapping, { name: string; mapping: ImportMapping }>(
    'import-mappings',
  ),

  sources: resource<ApiSource, SourceInput>('sources'),
  keys: resource<ApiSecretKey, SecretKeyInput>('keys'),
  audit: (cursor?: string) => request<Page<ApiAuditEntry>>('GET', `/api/audit${query({ cursor })}`),
} as const
