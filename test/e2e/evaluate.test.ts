import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { build as buildTag } from '../build.ts'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { ROOT } from '../command.ts'
import { corpusAnswers, corpusStays } from '../evaluate/corpus.ts'

test('the evaluator says in Chromium what it says in Node, of a whole corpus, and so does the part that pages load', async () => {
  await buildTag('tag', () => undefined)
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'test/evaluate/corpus.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'corpus',
    logLevel: 'silent',
  })
  const browser = await chromium.launch({
    executablePath: await ensureChromium(() => undefined),
    args: [...CHROMIUM_FLAGS],
  })
  try {
    const page = await browser.newPage()
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    const answers = await page.evaluate<readonly string[]>('corpus.corpusAnswers()')
    expect(answers).toHaveLength(1_500)
    expect(answers).toEqual(corpusAnswers())
    // The part that pages load says the same.
    const { partNames, parts } = await import('../../tag/dist/bundle.js')
    const part = parts[partNames['onDevice'] ?? ''] ?? ''
    await page.route('https://edge.test/part.js', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        headers: { 'access-control-allow-origin': '*' },
        body: part,
      }),
    )
    const byPart = await page.evaluate<readonly string[]>(
      `import('https://edge.test/part.js').then(({ evaluatorOf }) => corpus.corpusAnswers(undefined, evaluatorOf))`,
    )
    expect(byPart).toEqual(answers)
    const stays = await page.evaluate<readonly string[]>('corpus.corpusStays()')
    expect(stays).toEqual(corpusStays())
  } finally {
    await browser.close()
  }
})
