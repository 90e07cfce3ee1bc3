import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, type Configuration } from './configuration.ts'

/** Name of the Pages project. */
export const PAGES = 'prisme-dashboard'

/**
 * Lays the built dashboard out as wrangler wants a Pages project: a folder of its own with its configuration and a
 * package.json. Without them wrangler takes the Worker's `wrangler.toml` above for the project's own. Path of the folder.
 */
export function layOutPages(parent: string, { name, compatibility_date }: Configuration): string {
  const folder = join(parent, 'pages')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  symlinkSync(join(ROOT, 'dashboard/dist'), join(folder, 'dist'))
  symlinkSync(join(ROOT, 'dashboard/functions'), join(folder, 'functions'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const configuration = {
    name: PAGES,
    pages_build_output_dir: 'dist',
    compatibility_date,
    services: [{ binding: 'EDGE', service: name }],
  }
  writeFileSync(join(folder, 'wrangler.json'), `${JSON.stringify(configuration, null, 2)}\n`)
  return folder
}
