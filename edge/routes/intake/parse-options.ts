import type { ParseOptions } from '../../parse/event.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Caller } from './source.ts'

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
  // A server's header says nothing of the person it speaks for.
  gpc: source.kind === 'browser' && request.headers.get('sec-gpc') === '1',
  kinds: catalog.kinds,
  blocked: catalog.blocked ?? [],
  device,
  newMessageId: () => `prisme-${crypto.randomUUID()}`,
})
