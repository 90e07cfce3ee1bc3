import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Account, type Wrangler } from './account.ts'
import { forbiddenIn } from './bundle.ts'
import { readConfiguration, ROOT } from './configuration.ts'
import { layOutPages } from './pages.ts'
import { missingSecrets, namesOf, provide, writeConfiguration, type Names } from './release.ts'
import { npmRun, wranglerIn } from './wrangler.ts'

const USAGE = `npm run deploy -- [--dry-run] [--edge-origin https://…] [--dashboard-origin https://…]

Deploys to the Cloudflare account that wrangler is signed in to, having created what is missing there. Safe to repeat.
--dry-run            compiles, checks and prints the plan; needs no account
--edge-origin        the Worker's own domain, if it has one; else its workers.dev address
--dashboard-origin   the dashboard's own domain, if it has one; else its pages.dev address`

const FOLDER = join(ROOT, '.build/deploy')

try {
  await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { isDryRun, dashboardOrigin, edgeOrigin } = readArguments()
  const names = namesOf(readConfiguration())
  const wrangler = wranglerIn(ROOT)
  const account = new Account(wrangler, say)

  say('compiling and checking')
  await compile(wrangler)
  if (isDryRun) {
    say(planOf(names, dashboardOrigin))
    return
  }

  await account.mustBeSignedIn()
  const resources = await provide(account, names, dashboardOrigin)
  const configuration = writeConfiguration(FOLDER, resources)
  say('applying migrations')
  await account.must(words(`d1 migrations apply ${names.database} --remote`, configuration))
  const secrets = await missingSecrets(account, names)
  say('deploying the Worker')
  const edge = edgeOrigin ?? (await deployWorker(account, configuration, secrets))
  // The Worker tells the install page its own address, which on workers.dev is known only now.
  writeConfiguration(FOLDER, { ...resources, edgeOrigin: edge })
  await deployWorker(account, configuration, edgeOrigin ? secrets : {})
  say('deploying the dashboard')
  await new Account(wranglerIn(layOutPages(FOLDER, readConfiguration())), say).must(
    words(`pages deploy dist --project-name ${names.pages} --branch main --commit-dirty=true`),
  )

  say(
    `\nedge       ${edge || `Worker ${names.worker}, at the domain you give it`}\ndashboard  ${resources.dashboardOrigin}`,
  )
  tellSecrets(secrets, resources.dashboardOrigin)
}

/** Compiles everything as it will be deployed. Throws if it does not compile, or holds what must not leave. */
async function compile(wrangler: Wrangler): Promise<void> {
  await npmRun('build:tag')
  await npmRun('build:dashboard')
  const outdir = join(FOLDER, 'worker')
  rmSync(outdir, { recursive: true, force: true })
  const checks = new Account(wrangler, say)
  await checks.must(['deploy', '--dry-run', '--outdir', outdir])
  const forbidden = forbiddenIn(outdir, 'index.js')
  if (forbidden.length > 0) throw new Error(`The compiled Worker holds: ${forbidden.join(', ')}`)
  const pages = new Account(wranglerIn(layOutPages(FOLDER, readConfiguration())), say)
  await pages.must(['pages', 'functions', 'build', '--outdir', join(FOLDER, 'functions')])
}

/** Address of the Worker on workers.dev, if it has one; else its name. */
async function deployWorker(
  account: Account,
  configuration: string,
  secrets: { readonly [name: string]: string },
): Promise<string> {
  const file = join(FOLDER, 'secrets.json')
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  try {
    const hasSecrets = Object.keys(secrets).length > 0
    const flags = hasSecrets ? ['--secrets-file', file] : []
    const output = await account.must([...words('deploy', configuration), ...flags])
    return /https:\/\/\S+\.workers\.dev/.exec(output)?.[0] ?? ''
  } finally {
    rmSync(file)
  }
}

function words(command: string, configuration?: string): readonly string[] {
  return [...command.split(' '), ...(configuration ? ['--config', configuration] : [])]
}

/** New secrets are told once: Cloudflare never shows them again. */
function tellSecrets(secrets: { readonly [name: string]: string }, dashboard: string): void {
  const { PRISME_SECRET: sealing, SETUP_TOKEN: token } = secrets
  if (sealing) {
    say(`\nKeep this in a safe place; without it the stored data of a lost Worker is unreadable:
  PRISME_SECRET ${sealing}`)
  }
  if (token) say(`\nOpen ${dashboard} and become the owner with this set-up token:\n  ${token}`)
}

function planOf(names: Names, dashboardOrigin: string | undefined): string {
  const pages = dashboardOrigin ?? `https://${names.pages}.pages.dev, or the address Pages gives`
  return `Everything compiles. A deployment would, each unless it is there:
  create   D1 database ${names.database}
  create   KV namespace ${names.namespace}
${names.queues.map((queue) => `  create   queue ${queue}\n`).join('')}${names.buckets.map((bucket) => `  create   R2 bucket ${bucket}\n`).join('')}  create   Pages project ${names.pages} (${pages})
  make     secrets PRISME_SECRET, SETUP_TOKEN
and then:
  apply    D1 migrations
  deploy   Worker ${names.worker}
  deploy   Pages project ${names.pages}, its EDGE bound to ${names.worker}
Nothing was sent.`
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      'edge-origin': { type: 'string' },
      'dashboard-origin': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    say(USAGE)
    process.exit(0)
  }
  for (const name of ['edge-origin', 'dashboard-origin'] as const) {
    const origin = values[name]
    if (origin !== undefined && URL.parse(origin)?.origin !== origin) {
      throw new Error(`--${name} ${origin}: must be an origin, e.g. https://prisme.example.com`)
    }
  }
  return {
    isDryRun: values['dry-run'],
    edgeOrigin: values['edge-origin'],
    dashboardOrigin: values['dashboard-origin'],
  }
}

function say(line: string): void {
  console.log(line)
}
