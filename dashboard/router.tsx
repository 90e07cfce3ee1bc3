import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { Gate } from './parts/gate.tsx'
import { Failure, Loading } from './parts/states.tsx'

/** Text of a search parameter, or nothing. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

const root = createRootRoute({
  component: Gate,
  notFoundComponent: lazyRouteComponent(() => import('./pages/not-found.tsx')),
})

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview.tsx')),
})
const segments = createRoute({
  getParentRoute: () => root,
  path: '/segments',
  component: lazyRouteComponent(() => import('./pages/segments.tsx')),
})
const newSegment = createRoute({
  getParentRoute: () => root,
  path: '/segments/new',
  validateSearch: (search): { readonly from?: string | undefined } => ({
    from: text(search['from']),
  }),
  component: lazyRouteComponent(() => import('./pages/segment-new.tsx')),
})
const segmentLibrary = createRoute({
  getParentRoute: () => root,
  path: '/segments/library',
  component: lazyRouteComponent(() => import('./pages/segment-library.tsx')),
})
const segment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$id',
  component: lazyRouteComponent(() => import('./pages/segment.tsx')),
})
const editSegment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$id/edit',
  validateSearch: (search): { readonly person?: string | undefined } => ({
    person: text(search['person']),
  }),
  component: lazyRouteComponent(() => import('./pages/segment-edit.tsx')),
})
const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  validateSearch: (
    search,
  ): { readonly kind?: string | undefined; readonly value?: string | undefined } => ({
    kind: text(search['kind']),
    value: text(search['value']),
  }),
  component: lazyRouteComponent(() => import('./pages/profiles.tsx')),
})
const profile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/$id',
  component: lazyRouteComponent(() => import('./pages/profile.tsx')),
})
const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./pages/accounts.tsx')),
})
const account = createRoute({
  getParentRoute: () => root,
  path: '/accounts/$id',
  component: lazyRouteComponent(() => import('./pages/account.tsx')),
})
const rfm = createRoute({
  getParentRoute: () => root,
  path: '/rfm',
  component: lazyRouteComponent(() => import('./pages/rfm.tsx')),
})
const value = createRoute({
  getParentRoute: () => root,
  path: '/value',
  component: lazyRouteComponent(() => import('./pages/value.tsx')),
})
const appetence = createRoute({
  getParentRoute: () => root,
  path: '/appetence',
  component: lazyRouteComponent(() => import('./pages/appetence.tsx')),
})
const experiences = createRoute({
  getParentRoute: () => root,
  path: '/experiences',
  component: lazyRouteComponent(() => import('./pages/experiences.tsx')),
})
const newExperience = createRoute({
  getParentRoute: () => root,
  path: '/experiences/new',
  component: lazyRouteComponent(() => import('./pages/experience-new.tsx')),
})
const experience = createRoute({
  getParentRoute: () => root,
  path: '/experiences/$id',
  component: lazyRouteComponent(() => import('./pages/experience.tsx')),
})
const destinations = createRoute({
  getParentRoute: () => root,
  path: '/destinations',
  component: lazyRouteComponent(() => import('./pages/destinations.tsx')),
})
const activations = createRoute({
  getParentRoute: () => root,
  path: '/activations',
  component: lazyRouteComponent(() => import('./pages/activations.tsx')),
})
const caps = createRoute({
  getParentRoute: () => root,
  path: '/caps',
  component: lazyRouteComponent(() => import('./pages/caps.tsx')),
})
const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: (search): { readonly state?: string | undefined } => ({
    state: text(search['state']),
  }),
  component: lazyRouteComponent(() => import('./pages/deliveries.tsx')),
})
const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  component: lazyRouteComponent(() => import('./pages/sources.tsx')),
})
const source = createRoute({
  getParentRoute: () => root,
  path: '/sources/$id',
  component: lazyRouteComponent(() => import('./pages/source.tsx')),
})
const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  component: lazyRouteComponent(() => import('./pages/imports.tsx')),
})
const importOne = createRoute({
  getParentRoute: () => root,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./pages/import.tsx')),
})
const liveDebugger = createRoute({
  getParentRoute: () => root,
  path: '/debugger',
  validateSearch: (search): { readonly source?: string | undefined } => ({
    source: text(search['source']),
  }),
  component: lazyRouteComponent(() => import('./pages/debugger.tsx')),
})
const failedEvents = createRoute({
  getParentRoute: () => root,
  path: '/failed-events',
  validateSearch: (
    search,
  ): { readonly source?: string | undefined; readonly reason?: string | undefined } => ({
    source: text(search['source']),
    reason: text(search['reason']),
  }),
  component: lazyRouteComponent(() => import('./pages/failed-events.tsx')),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: (search): { readonly tab?: string | undefined } => ({ tab: text(search['tab']) }),
  component: lazyRouteComponent(() => import('./pages/settings.tsx')),
})
const identity = createRoute({
  getParentRoute: () => root,
  path: '/settings/identity',
  validateSearch: (search): { readonly rehearsal?: string | undefined } => ({
    rehearsal: text(search['rehearsal']),
  }),
  component: lazyRouteComponent(() => import('./pages/identity.tsx')),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    segments,
    newSegment,
    segmentLibrary,
    segment,
    editSegment,
    profiles,
    profile,
    accounts,
    account,
    rfm,
    value,
    appetence,
    experiences,
    newExperience,
    experience,
    destinations,
    activations,
    caps,
    deliveries,
    sources,
    source,
    imports,
    importOne,
    liveDebugger,
    failedEvents,
    settings,
    identity,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  // A page that broke says so in its place; the rail stays usable.
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
