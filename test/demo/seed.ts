import type { ApiActivation, ApiDestination, ApiExperience, Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { DEMO } from './account.ts'
import { ACTIVATION, DESTINATION, EXPERIENCE, SEGMENTS } from './starter-set.ts'
import type { Secrets } from './state.ts'

interface Seeding {
  /** Origins. */
  readonly edge: string
  readonly inbox: string
  readonly secrets: Secrets
  remember(secrets: Secrets): void
}

/**
 * Makes the demo workspace (a route that only a local Worker has), then its starter set through the public API.
 * Idempotent: what is there already, by key or name, is left as its owner made it.
 */
export async function seed({ edge, inbox, secrets, remember }: Seeding): Promise<void> {
  await send('POST', `${edge}/test/demo`, { tokenSecret: secrets.shop })
  const api = <T>(method: string, path: string, body?: unknown) =>
    send<T>(method, `${edge}/api/${path}`, body)

  const segments = (await api<Page<ApiSegment>>('GET', 'segments')).items
  const ids = new Map(segments.map(({ key, id }) => [key, id]))
  for (const segment of SEGMENTS) {
    if (ids.has(segment.key)) continue
    ids.set(segment.key, (await api<ApiSegment>('POST', 'segments', segment)).id)
  }

  const experiences = (await api<Page<ApiExperience>>('GET', 'experiences')).items
  if (!experiences.some(({ key }) => key === EXPERIENCE.key)) {
    await api('POST', 'experiences', { ...EXPERIENCE, segment: ids.get(EXPERIENCE.segment) })
  }

  const destinations = (await api<Page<ApiDestination>>('GET', 'destinations')).items
  let destination = destinations.find(({ name }) => name === DESTINATION.name)
  let webhook = secrets.webhook
  if (!destination) {
    destination = await api<ApiDestination>('POST', 'destinations', {
      name: DESTINATION.name,
      kind: 'webhook',
      url: `${inbox}/hooks/${DESTINATION.box}`,
      purposes: DESTINATION.purposes,
    })
    webhook = destination.secret
    if (webhook) remember({ ...secrets, webhook })
  }
  // The inbox forgets when it stops; the edge shows a secret once.
  if (webhook) await send('PUT', `${inbox}/boxes/${DESTINATION.box}`, { secret: webhook })

  const activations = (await api<Page<ApiActivation>>('GET', 'activations')).items
  if (!activations.some(({ name }) => name === ACTIVATION.name)) {
    const segment = ids.get(ACTIVATION.segment)
    await api('POST', 'activations', { ...ACTIVATION, segment, destinations: [destination.id] })
  }
}

/** One JSON call with the demo's secret key. Throws with the answer's text unless it is a success. */
async function send<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 1_000)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
