import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { build, transform } from 'esbuild'

/**
 * Builds the tag into `tag/dist/bundle.js`, an ES module that the edge serves from:
 *
 * - `parts`: `{ [fileName]: source }`, ES modules for `GET /t/{writeKey}/{fileName}`. A name holds its content's hash:
 *   `Cache-Control: public, max-age=31536000, immutable`. Needs `Access-Control-Allow-Origin: *` (the tag imports it
 *   from another origin) and `text/javascript`.
 * - `partNames`: what `TagSettings.parts` is, `{ [part]: fileName }`.
 * - `script(settings)`: the text of `GET /t/{writeKey}.js` for a source's `TagSettings`; settings are JSON in which
 *   nothing can end a script element or a line.
 * - `core`: that text with `__PRISME_SETTINGS__` where the settings go.
 *
 * The same sources give the same bytes: nothing here knows the time, a path or the machine.
 */
const root = new URL('.', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('../package.json', root), 'utf8'))

/** Syntax that browsers of 2020 read; what they lack in functions the tag looks for before it calls. */
const typescript = {
  name: 'typescript',
  transform: (code, id) =>
    id.endsWith('.ts')
      ? transform(code, {
          loader: 'ts',
          target: 'es2021',
          supported: { 'dynamic-import': true },
          define: { PRISME_VERSION: JSON.stringify(version) },
          sourcefile: 'tag.ts',
        }).then(({ code: text }) => ({ code: text, map: null }))
      : null,
}

/** One module of a part and all it imports: a library of hundreds of files is read in a fraction of the time. */
const gathered = {
  name: 'gathered',
  load: async (id) => {
    if (!id.endsWith('/start.ts')) return null
    const { outputFiles } = await build({
      entryPoints: [id],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2021',
      logLevel: 'silent',
    })
    return outputFiles[0].text
  },
}

/** `passes`: bytes of what every page loads are worth seconds of building; of the largest part they are not. */
const pluginsOf = (passes) => [
  gathered,
  nodeResolve(),
  typescript,
  terser({
    ecma: 2020,
    module: true,
    compress: { passes, unsafe_arrows: true, pure_getters: true, keep_fargs: false, inline: 1 },
    format: { comments: false },
  }),
]

/** Loaded by pages that need them, by the file they begin with. */
const PARTS = { render: 'render.ts', signals: 'signals.ts', onDevice: 'on-device/start.ts' }

const results = new Map()

/** Gathers the outputs; writes the bundle when all are there. */
const gather = (name) => ({
  name: 'gather',
  generateBundle(_options, files) {
    results.set(name, Object.values(files)[0].code.trim())
    for (const file of Object.keys(files)) delete files[file]
    if (results.size === Object.keys(PARTS).length + 1) write()
  },
})

function write() {
  const named = Object.keys(PARTS).map((part) => {
    const text = results.get(part)
    return {
      part,
      text,
      file: `${createHash('sha256').update(text).digest('hex').slice(0, 10)}.js`,
    }
  })
  // A test builds elsewhere, twice.
  const dist = pathToFileURL(`${process.env['TAG_DIST'] ?? `${root.pathname}dist`}/`)
  mkdirSync(dist, { recursive: true })
  writeFileSync(
    new URL('bundle.js', dist),
    `export const core = ${JSON.stringify(results.get('core'))}
export const parts = ${JSON.stringify(Object.fromEntries(named.map(({ file, text }) => [file, text])))}
export const partNames = ${JSON.stringify(Object.fromEntries(named.map(({ part, file }) => [part, file])))}
export const script = (settings) =>
  core.split('__PRISME_SETTINGS__').join(
    JSON.stringify(settings).replace(/[<\\u2028\\u2029]/g, (c) =>
      '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')),
  )
`,
  )
  writeFileSync(
    new URL('bundle.d.ts', dist),
    `import type { TagSettings } from '../../edge/protocol/collect.ts'
export declare const core: string
export declare const parts: { readonly [fileName: string]: string }
export declare const partNames: TagSettings['parts']
export declare function script(settings: TagSettings): string
`,
  )
}

export default [
  {
    input: new URL('main.ts', root).pathname,
    plugins: [...pluginsOf(4), gather('core')],
    output: { format: 'iife', dir: new URL('dist', root).pathname, externalLiveBindings: false },
  },
  ...Object.entries(PARTS).map(([part, file]) => ({
    input: new URL(file, root).pathname,
    plugins: [...pluginsOf(part === 'onDevice' ? 1 : 4), gather(part)],
    output: { format: 'es', dir: new URL('dist', root).pathname },
  })),
]
