import { readFile } from 'node:fs/promises'
import { transform } from 'esbuild'

/** The JavaScript of a page's TypeScript file: types removed, nothing bundled. */
export async function browserScript(file: URL): Promise<string> {
  const source = await readFile(file, 'utf8')
  const { code } = await transform(source, { loader: 'ts', format: 'iife', target: 'es2022' })
  return code
}
