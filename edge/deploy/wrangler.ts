import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Wrangler } from './account.ts'
import { ROOT } from './configuration.ts'

const BIN = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

/** The project's own wrangler, run in a folder; `npx` could find another. */
export const wranglerIn =
  (cwd: string): Wrangler =>
  (args) =>
    execute(process.execPath, [BIN, ...args], cwd)

/** Runs an npm script. Throws with its output if it fails. */
export async function npmRun(script: string): Promise<void> {
  const { code, stdout, stderr } = await execute('npm', ['run', '--silent', script], ROOT)
  if (code !== 0) throw new Error(`npm run ${script} failed:\n${stdout}${stderr}`)
}

function execute(command: string, args: readonly string[], cwd: string): ReturnType<Wrangler> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, ...output }))
  })
}
