import type { ParseOptions } from '../../parse/event.ts'
import { GRANT_LIFETIME } from '../../protocol/consent.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Caller } from './source.ts'

/** What a source's events must say of consent to be kept. */
export const rulesOf = ({
  catalog,
  source,
}: Pick<Caller, 'catalog' | 'source'>): Pick<
  ParseOptions,
  'purposes' | 'grantLifetime' | 'tcfVendor'
> => ({
  purposes: source.purposes ?? [],
  grantLifetime: GRANT_LIFETIME,
  ...catalog.consent,
})

/** How the events of a request are to be read. */
export const parseOptionsOf = (
  { catalog, source }: Caller,
  request: Request,
  receivedAt: Millis,
  device: boolean,
): ParseOptions => ({
  receivedAt,
  retention: catalog.retention,
  consentMode: source.consent,
  ...rulesOf({ catalog, source }),
  // A server's header says nothing of the person it speaks for.
  gpc: source.kind === 'browser' && request.headers.get('sec-gpc') === '1',
  kinds: catalog.kinds,
  blocked: catalog.blocked ?? [],
  device,
  newMessageId: () => `prisme-${crypto.randomUUID()}`,
})
