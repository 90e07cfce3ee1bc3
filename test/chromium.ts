import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Flags for a browser without a screen, on a machine that may be a container. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Path of a Chromium: `CHROMIUM` if set, else the first on PATH; null: none. */
export function findChromium(): string | null {
  const { CHROMIUM, PATH = '' } = process.env
  const candidates = PATH.split(':').flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return (CHROMIUM ? [CHROMIUM] : candidates).find(isExecutable) ?? null
}

/** Finds a Chromium, or installs Debian's where that is possible. Throws with what to do when it is not. */
export async function ensureChromium(say: (line: string) => void): Promise<string> {
  const found = findChromium()
  if (found) return found
  const isRoot = process.getuid?.() === 0
  if (isRoot && isExecutable('/usr/bin/apt-get')) {
    say('no Chromium found: installing Debian’s')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env })
    const { code, output } = await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env })
    const installed = findChromium()
    if (code === 0 && installed) return installed
    throw new Error(`apt-get install chromium failed:\n${output.slice(-2_000)}`)
  }
  throw new Error(
    'No Chromium found. Install one (Debian: `sudo apt-get install chromium`), or set CHROMIUM to its path.',
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // absent, or not ours to run
  }
}
