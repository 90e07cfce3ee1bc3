import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { ROOT } from '../command.ts'
import { corpusAnswers } from '../evaluate/corpus.ts'

test('the evaluator says in Chromium what it says in Node, of a whole corpus', async () => {
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
  } finally {
    await browser.close()
  }
})
