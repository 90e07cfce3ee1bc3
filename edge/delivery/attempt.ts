import type { AttemptOutcome, DeliveryMessage, DestinationTarget } from '../protocol/delivery.ts'
import { segmentCloudEvent } from './cloud-event.ts'
import type { DeliveryPorts } from './ports.ts'
import { sendWebhook } from './webhook.ts'

/** Sends one delivery to its destination, by the destination's kind. What goes wrong is an outcome. */
export async function attempt(
  message: DeliveryMessage,
  target: DestinationTarget | null,
  ports: Pick<DeliveryPorts, 'open' | 'allowLoopback'>,
): Promise<AttemptOutcome> {
  if (target === null) return { type: 'refused', reason: 'the destination was deleted' }
  if (!target.enabled) return { type: 'refused', reason: 'the destination is switched off' }
  switch (target.kind) {
    case 'webhook': {
      const secrets = await openAll(target.secrets, message, ports)
      if (secrets === undefined) {
        // Mended by giving the deployment its secret back, hence worth trying again.
        return { type: 'retry', reason: 'the destination’s signing secret could not be opened' }
      }
      const body = JSON.stringify(segmentCloudEvent(message))
      return sendWebhook({ id: message.id, url: target.url, body, secrets }, ports)
    }
  }
}

/** undefined if one does not open: a signature short of a secret would fail at a receiver that knows only that one. */
async function openAll(
  sealed: readonly string[],
  { workspace }: DeliveryMessage,
  { open }: Pick<DeliveryPorts, 'open'>,
): Promise<readonly string[] | undefined> {
  const secrets: string[] = []
  for (const text of sealed) {
    const secret = await open(workspace, text)
    if (secret === undefined) return undefined
    secrets.push(secret)
  }
  return secrets
}
