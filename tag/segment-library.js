import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/**
 * Packs Segment's own browser library, as its makers publish it, into `tag/dist/segment-library.js`, from which the
 * edge serves it to pages that have Segment's snippet.
 *
 * Gzipped and in base64, since what a Worker reads when it starts costs each cold start: a third of the text, and
 * nothing of it is unpacked before a page asks.
 *
 * - `library`: `analytics.min.js`, behind the licence it has to carry.
 * - `parts`: `{ [fileName]: … }`, what it loads when a page follows links and forms, or has ids in its address.
 */
const PARTS = /^(auto-track|queryString)\.bundle\.\w+\.js$/

const entry = createRequire(import.meta.url).resolve('@segment/analytics-next')
const root = join(dirname(entry), '../..')
const built = join(root, 'dist/umd')
const read = (file) => readFileSync(join(root, file), 'utf8').trim()

const { name, version } = JSON.parse(read('package.json'))
const licence = `/*!\n${name} ${version}\n\n${read('LICENSE.MD')}\n*/\n`
const pack = (file) => {
  const text = readFileSync(join(built, file), 'utf8').replace(
    /\n\/\/# sourceMappingURL=.*\s*$/,
    '\n',
  )
  return gzipSync(licence + text, { level: 9 }).toString('base64url')
}

const parts = readdirSync(built).filter((file) => PARTS.test(file))
const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist')
mkdirSync(dist, { recursive: true })
writeFileSync(
  join(dist, 'segment-library.js'),
  `export const library = ${JSON.stringify(pack('standalone.js'))}
export const parts = ${JSON.stringify(Object.fromEntries(parts.map((file) => [file, pack(file)])))}
`,
)
writeFileSync(
  join(dist, 'segment-library.d.ts'),
  `export declare const library: string
export declare const parts: { readonly [fileName: string]: string }
`,
)
