import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '..')

/** The project's own tools and its own Node come first. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(ROOT, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(':'),
  WRANGLER_SEND_METRICS: 'false',
  // Spares wrangler's look-up of a sample `request.cf` at each start.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

export interface Outcome {
  readonly code: number
  /** Both streams, in the order they came. */
  readonly output: string
}

/** Runs a command in the project's folder. `show`: its output goes to this terminal as well. Never throws for its exit code. */
export function run(
  command: string,
  args: readonly string[],
  { show = false, env = {} }: { readonly show?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...(!show && { NO_COLOR: '1' }), ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (show) process.stdout.write(text)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
