import type { BrowserContext } from 'playwright-core'
import { inject } from 'vitest'

type Cookies = Parameters<BrowserContext['addCookies']>[0]

let cookies: Promise<Cookies> | undefined

/** Signs a browser in, by the session that all tests share. */
export async function signIn(context: BrowserContext, dashboard: string): Promise<void> {
  await context.addCookies(await (cookies ??= session(dashboard)))
}

async function session(dashboard: string): Promise<Cookies> {
  const response = await fetch(`${inject('productStarter')}/session`)
  if (!response.ok) throw new Error(await response.text())
  return ((await response.json()) as string[]).map((line) => {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: dashboard }
  })
}
