import { hashPassword } from 'better-auth/crypto'
import { seal } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import type { Env } from '../objects/env.ts'
import type { TokenKey } from '../protocol/catalog.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { DAY } from '../protocol/time.ts'
import { bearWorkspace } from '../storage/birth.ts'
import type { Conflict } from '../storage/change.ts'
import { newId } from '../storage/new-id.ts'
import { publish } from './changing.ts'
import { keyFromName } from './key-name.ts'
import { keyRow, newKeyText } from './secret-text.ts'

/** Shards of a new workspace: some thousand requests a second, and few objects to tell of a change. */
const SHARDS = 8
/** 25 months, as `semantics.md` §1 has it. */
const RETENTION = 760 * DAY

export interface NewWorkspace {
  readonly name: string
  readonly owner: { readonly email: string; readonly password: string }
  /** Default: a random one. */
  readonly id?: WorkspaceId
  /** Text of the browser source's write key. Default: a random one. */
  readonly writeKey?: string
  /** Text of a secret key. Default: none is made. */
  readonly secretKey?: string
  /** Consent of the browser source. Default: opt-in. */
  readonly consent?: ConsentMode
  /** Shared secret that verifies the browser source's user tokens. Default: none are accepted. */
  readonly tokenSecret?: string
  readonly timezone?: string
}

/**
 * Makes a workspace: its owner, a browser source with a write key, the server source that secret keys write to; and
 * publishes it. `first`: only while nobody has an account.
 *
 * @returns its id, or `taken`: e-mail, name, id or key exist already (with `first`: somebody has an account).
 */
export async function createWorkspace(
  env: Env,
  wanted: NewWorkspace,
  { first = false }: { readonly first?: boolean } = {},
): Promise<
  | { readonly ok: true; readonly id: WorkspaceId }
  | { readonly ok: false; readonly reason: Conflict }
> {
  const id = wanted.id ?? newId('ws')
  const sealing = await workspaceKeys(env.PRISME_SECRET, id)
  const tokenKeys: readonly TokenKey[] =
    wanted.tokenSecret === undefined
      ? []
      : [
          {
            algorithm: 'HS256',
            sealedSecret: await seal(sealing, 'token-key', wanted.tokenSecret),
          },
        ]
  const browser = {
    id: newId('src'),
    name: 'Website',
    kind: 'browser',
    consent: wanted.consent ?? 'opt-in',
    tokenKeys,
  } as const
  const server = {
    id: newId('src'),
    name: 'Server',
    kind: 'server',
    consent: 'implied',
    tokenKeys: [],
  } as const
  const email = wanted.owner.email.toLowerCase()
  const change = {
    workspace: id,
    actor: email,
    action: 'workspace.created',
    subject: id,
    at: Date.now(),
  }
  const born = await bearWorkspace(
    env.DB,
    change,
    {
      name: wanted.name,
      // better-auth wants one; nothing is found by it, so a part of the id keeps it unique.
      slug: `${keyFromName(wanted.name, 'workspace')}-${id.slice(-6)}`,
      owner: {
        id: newId('usr'),
        email,
        passwordHash: await hashPassword(wanted.owner.password),
      },
      shards: SHARDS,
      retention: RETENTION,
      timezone: wanted.timezone ?? 'UTC',
      sources: [
        {
          definition: browser,
          own: false,
          keys: [await keyRow('write', browser.name, wanted.writeKey ?? newKeyText('write'))],
        },
        {
          definition: server,
          own: true,
          keys:
            wanted.secretKey === undefined
              ? []
              : [await keyRow('secret', 'First key', wanted.secretKey)],
        },
      ],
    },
    { first },
  )
  if (born === 'taken' || born === 'used') return { ok: false, reason: born }
  await publish(env, id)
  return { ok: true, id }
}
