import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { type Plugin, parseSync } from 'vite'
import { ROOT } from './command.ts'

const EDGE = join(ROOT, 'edge/')
const BUNDLE = join(ROOT, '.build', 'edge-modules.js')
/** Programs of the command line: no part of the Worker. */
const COMMANDS = /^edge\/(deploy|evaluate)\//

/**
 * Each test file of the runtime begins in a fresh worker, into which every module is fetched one by one: some hundreds,
 * which takes longer than most tests. So the edge is put together first, once, and a module of it that a test imports
 * is a list of names in that. Tests and the Worker share the one copy, as they would share the modules.
 */
export function edgeBundle(): Plugin {
  let names: ReadonlyMap<string, string> | undefined

  return {
    name: 'edge-bundle',
    enforce: 'pre',
    async buildStart() {
      names ??= await bundle()
    },
    watchChange(id) {
      if (id.startsWith(EDGE)) names = undefined
    },
    async load(id) {
      const file = id.split('?')[0] as string
      if (file === BUNDLE) return { code: readFileSync(BUNDLE, 'utf8'), map: { mappings: '' } }
      if (!file.startsWith(EDGE)) return null
      names ??= await bundle()
      const name = names.get(file)
      return name === undefined ? null : named(file, name)
    },
  }
}

/** Puts every module of the edge into one; gives the name by which each is exported. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const file of globSync('edge/**/*.ts', { cwd: ROOT }).toSorted()) {
    if (!COMMANDS.test(file)) files.set(join(ROOT, file), file.replaceAll(/\W/g, '_'))
  }
  await build({
    stdin: {
      contents: [...files]
        .map(([file, name]) => `export * as ${name} from './${relative(ROOT, file)}'`)
        .join('\n'),
      resolveDir: ROOT,
    },
    bundle: true,
    format: 'esm',
    target: 'esnext',
    packages: 'external',
    external: ['node:*', 'cloudflare:*'],
    outfile: BUNDLE,
  })
  return files
}

/** What a module exports, taken from the bundle. */
function named(file: string, name: string): string {
  const { module } = parseSync(file, readFileSync(file, 'utf8'))
  const exported = module.staticExports
    .flatMap(({ entries }) => entries)
    .filter(({ isType }) => !isType)
    .map(({ exportName }) => exportName.name ?? 'default')
  return [
    `import { ${name} as all } from ${JSON.stringify(BUNDLE)}`,
    ...exported.map((one) =>
      one === 'default' ? 'export default all.default' : `export const ${one} = all.${one}`,
    ),
  ].join('\n')
}
