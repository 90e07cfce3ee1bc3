import type {
  AttemptOutcome,
  DeliveryMessage,
  DestinationTarget,
  ErasureCloudEvent,
  SegmentCloudEvent,
} from '../protocol/delivery.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import {
  erasureCloudEvent,
  segmentCloudEvent,
  testCloudEvent,
  type TestCloudEvent,
} from './cloud-event.ts'
import type { DeliveryPorts } from './ports.ts'
import { sendWebhook } from './webhook.ts'

type Ports = Pick<DeliveryPorts, 'open' | 'allowLoopback'>

/** Sends one delivery to its destination, by the destination's kind. What goes wrong is an outcome. */
export async function attempt(
  message: DeliveryMessage,
  target: DestinationTarget | null,
  ports: Ports,
): Promise<AttemptOutcome> {
  if (target === null) return { type: 'refused', reason: 'the destination was deleted' }
  if (!target.enabled) return { type: 'refused', reason: 'the destination is switched off' }
  switch (target.kind) {
    case 'webhook':
      return signAndSend(
        message.type === 'erased' ? erasureCloudEvent(message) : segmentCloudEvent(message),
        message.workspace,
        target,
        ports,
      )
  }
}

/**
 * Sends an event that says nothing about anybody, so that a person sees whether their receiver gets and verifies what
 * Prisme signs. Also to a destination that is switched off: this is how one finds out whether to switch it on.
 *
 * @param id fresh for each test: receivers ignore an id they know.
 */
export async function attemptTest(
  id: string,
  workspace: WorkspaceId,
  target: DestinationTarget,
  ports: Ports & Pick<DeliveryPorts, 'now'>,
): Promise<AttemptOutcome> {
  switch (target.kind) {
    case 'webhook':
      return signAndSend(
        testCloudEvent(id, workspace, target, ports.now()),
        workspace,
        target,
        ports,
      )
  }
}

async function signAndSend(
  event: SegmentCloudEvent | ErasureCloudEvent | TestCloudEvent,
  workspace: WorkspaceId,
  target: DestinationTarget,
  ports: Ports,
): Promise<AttemptOutcome> {
  const secrets = await openAll(target.secrets, workspace, ports)
  if (secrets === undefined) {
    // Mended by giving the deployment its secret back, hence worth trying again.
    return { type: 'retry', reason: 'the destination’s signing secret could not be opened' }
  }
  return sendWebhook({ id: event.id, url: target.url, body: JSON.stringify(event), secrets }, ports)
}

/** undefined if one does not open: a signature short of a secret would fail at a receiver that knows only that one. */
async function openAll(
  sealed: readonly string[],
  workspace: WorkspaceId,
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
