import { expect, test } from 'vitest'
import { Account, type Wrangler } from '../../edge/deploy/account.ts'
import { readConfiguration } from '../../edge/deploy/configuration.ts'
import { missingSecrets, namesOf, provide } from '../../edge/deploy/release.ts'

const NAMES = namesOf(readConfiguration())

const ok = (stdout = '') => ({ code: 0, stdout, stderr: '' })
const refused = (stderr: string) => ({ code: 1, stdout: '', stderr })

/** An account as wrangler shows it: what was created stays. `calls`: what was asked to be created. */
function cloud() {
  const calls: string[] = []
  const there = new Set<string>()
  const secrets: string[] = []
  let workerExists = false

  const listed = (kind: string, entry: (name: string) => object) =>
    ok(
      JSON.stringify(
        [...there]
          .filter((key) => key.startsWith(`${kind} `))
          .map((key) => entry(key.slice(kind.length + 1))),
      ),
    )

  const wrangler: Wrangler = async (args) => {
    const command = args.join(' ')
    const name = args.find((word) => word.startsWith('prisme-')) ?? 'prisme'
    if (/ create /.test(command)) {
      calls.push(command)
      there.add(`${args[0]} ${name}`)
      return ok()
    }
    if (command === 'd1 list --json') return listed('d1', (name) => ({ name, uuid: `id-${name}` }))
    if (command === 'kv namespace list')
      return listed('kv', (title) => ({ title, id: `id-${title}` }))
    if (command === 'pages project list --json') {
      return listed('pages', (project) => ({
        'Project Name': project,
        'Project Domains': `${project}.pages.dev, data.example.com`,
      }))
    }
    if (/ info /.test(command)) return there.has(`${args[0]} ${name}`) ? ok() : refused('not found')
    if (command.startsWith('secret list')) {
      if (!workerExists) return refused('Worker "prisme-edge" not found.\n')
      return ok(JSON.stringify(secrets.map((secret) => ({ name: secret, type: 'secret_text' }))))
    }
    throw new Error(`unexpected: wrangler ${command}`)
  }
  return {
    wrangler,
    calls,
    deployed: (names: readonly string[]) => {
      workerExists = true
      secrets.push(...names)
    },
  }
}

test('an empty account gets everything, and a second run creates nothing', async () => {
  const { wrangler, calls } = cloud()
  const account = new Account(wrangler, () => undefined)

  const first = await provide(account, NAMES, undefined)
  expect(first).toEqual({
    databaseId: 'id-prisme',
    namespaceId: 'id-prisme-cache',
    dashboardOrigin: 'https://prisme-dashboard.pages.dev',
  })
  expect(calls).toEqual([
    'd1 create prisme',
    'kv namespace create prisme-cache',
    'queues create prisme-deliveries',
    'queues create prisme-deliveries-dead',
    'r2 bucket create prisme-lake',
    'pages project create prisme-dashboard --production-branch=main',
  ])

  calls.length = 0
  expect(await provide(account, NAMES, undefined)).toEqual(first)
  expect(calls).toEqual([])
})

test('a new Worker gets random secrets, and a deployed one keeps its own', async () => {
  const { wrangler, deployed } = cloud()
  const account = new Account(wrangler, () => undefined)

  const first = await missingSecrets(account, NAMES)
  expect(Object.keys(first)).toEqual(['PRISME_SECRET', 'SETUP_TOKEN'])
  for (const secret of Object.values(first))
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(first['PRISME_SECRET']).not.toBe(first['SETUP_TOKEN'])

  deployed(['PRISME_SECRET', 'SETUP_TOKEN'])
  expect(await missingSecrets(account, NAMES)).toEqual({})
})

test('a failure to list the secrets is not taken for their absence', async () => {
  const account = new Account(
    async () => ({ code: 1, stdout: '', stderr: 'fetch failed: account not found' }),
    () => undefined,
  )
  await expect(missingSecrets(account, NAMES)).rejects.toThrow(/secret list failed/)
})

test('a creation that fails stops the deployment with what wrangler said', async () => {
  const account = new Account(
    async (args) =>
      args.includes('create')
        ? { code: 1, stdout: '', stderr: 'You are over your limit' }
        : { code: 0, stdout: '[]', stderr: '' },
    () => undefined,
  )
  await expect(provide(account, NAMES, undefined)).rejects.toThrow(
    /d1 create prisme failed:\nYou are over/,
  )
})

test('nobody is signed in: it says how', async () => {
  const account = new Account(
    async () => ({ code: 1, stdout: '{"loggedIn":false}', stderr: '' }),
    () => undefined,
  )
  await expect(account.mustBeSignedIn()).rejects.toThrow(/wrangler login/)
})
