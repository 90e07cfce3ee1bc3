import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './command.ts'

/** What is compiled before the product can run: its inputs, the npm script that compiles them, and its output. */
const PARTS = {
  tag: { script: 'build:tag', inputs: ['tag', 'edge/protocol'], output: 'tag/dist' },
  dashboard: {
    script: 'build:dashboard',
    inputs: ['dashboard', 'edge/protocol', 'edge/parse', 'edge/routes'],
    output: 'dashboard/dist',
  },
} as const
export type Part = keyof typeof PARTS

/** Compiles a part unless what it is made of has not changed since. True: it was compiled now. */
export async function build(part: Part, say: (line: string) => void): Promise<boolean> {
  const { script, inputs, output } = PARTS[part]
  const stamp = join(ROOT, '.build', `${part}.sha256`)
  const fingerprint = hash([...inputs, 'package-lock.json'])
  if (read(stamp) === fingerprint && exists(join(ROOT, output))) return false
  say(`building the ${part}`)
  const { code, output: log } = await run('npm', ['run', '--silent', script])
  if (code !== 0) throw new Error(`npm run ${script} failed:\n${log}`)
  mkdirSync(join(ROOT, '.build'), { recursive: true })
  writeFileSync(stamp, fingerprint)
  return true
}

/** SHA-256 of the names and contents of every file below the inputs but what is built or installed. */
function hash(inputs: readonly string[]): string {
  const digest = createHash('sha256')
  for (const input of inputs) {
    const files = statSync(join(ROOT, input)).isDirectory()
      ? globSync(`${input}/**/*`, {
          cwd: ROOT,
          exclude: (name) => /(^|\/)(dist|node_modules|\.wrangler)$/.test(name),
        })
      : [input]
    for (const file of files.toSorted()) {
      const path = join(ROOT, file)
      if (statSync(path).isFile()) digest.update(file).update('\0').update(readFileSync(path))
    }
  }
  return digest.digest('hex')
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // never built
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
