import type { CrossingMessage, DestinationTarget } from '../../edge/protocol/delivery.ts'

export const NOON = Date.UTC(2026, 10, 23, 12)

/** 32 bytes each, in the form a workspace shows them once. */
export const SECRET = `whsec_${Buffer.alloc(32, 'a secret ').toString('base64')}`
export const OLD_SECRET = `whsec_${Buffer.alloc(32, 'its elder ').toString('base64')}`

export const deliveryMessage = (changes: Record<string, unknown> = {}): CrossingMessage =>
  ({
    id: 'dlv_aaaaaaaaaaaaaaaaaaaaa',
    workspace: 'ws_demo',
    shard: { region: 0, shard: 3 },
    destination: 'dst_inbox',
    activation: 'act_fans',
    attempt: 1,
    profile: 'prf_aaaaaaaaaaaaaaaaaaaaa',
    segment: { id: 'seg_fans', key: 'shoe-fans', name: 'Fans de chaussures ✓ 👟' },
    type: 'entered',
    at: NOON,
    decidedAt: NOON + 5,
    cause: { type: 'event', messageIds: ['m-1'] },
    ...changes,
  }) as unknown as CrossingMessage

export const webhookTarget = (url: string, changes: Partial<DestinationTarget> = {}) =>
  ({
    id: 'dst_inbox',
    name: 'Inbox',
    kind: 'webhook',
    purposes: ['analytics'],
    enabled: true,
    url,
    secrets: [`sealed ${SECRET}`],
    ...changes,
  }) as unknown as DestinationTarget
