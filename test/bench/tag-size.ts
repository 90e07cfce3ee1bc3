import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'

/** Bytes, brotli, of everything a page loads at start. */
export const TAG_BUDGET = 5_000

export interface TagSize {
  readonly file: string
  /** Loaded by every page, or only when it is needed. */
  readonly isEager: boolean
  /** Bytes. */
  readonly raw: number
  readonly gzip: number
  readonly brotli: number
}

/** What `tag/rollup.config.js` writes. */
interface Bundle {
  readonly parts: { readonly [fileName: string]: string }
  readonly partNames: { readonly [name: string]: string }
  script(settings: unknown): string
}

/** Sizes of the tag as the edge serves it, with the settings of a source in it. */
export async function tagSizes(say: (line: string) => void): Promise<TagSize[]> {
  await build('tag', say)
  const file = pathToFileURL(join(ROOT, 'tag/dist/bundle.js')).href
  const bundle = (await import(file)) as Bundle
  const script = bundle.script({
    writeKey: 'wk_0123456789abcdef0123456789abcdef',
    consent: 'opt-in',
    lifetime: 395 * 86_400_000,
    origin: 'https://data.shop.example.com',
    parts: bundle.partNames,
  })
  return [
    size('{writeKey}.js', script, true),
    ...Object.entries(bundle.parts).map(([name, source]) => size(name, source, false)),
  ]
}

function size(file: string, source: string, isEager: boolean): TagSize {
  const bytes = Buffer.from(source)
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  })
  const gzip = gzipSync(bytes, { level: 9 })
  return { file, isEager, raw: bytes.length, gzip: gzip.length, brotli: brotli.length }
}
