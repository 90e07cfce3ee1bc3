import type { BrowserContext } from 'playwright-core'
import { DEMO } from '../demo/account.ts'

type Cookies = Parameters<BrowserContext['addCookies']>[0]

let cookies: Promise<Cookies> | undefined

/** Signs a browser in, by a session that all contexts of a test file share: sign-ins are counted, by address. */
export async function signIn(context: BrowserContext, dashboard: string): Promise<void> {
  await context.addCookies(await (cookies ??= session(dashboard)))
}

async function session(dashboard: string): Promise<Cookies> {
  const response = await fetch(`${dashboard}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: dashboard },
    body: JSON.stringify({ email: DEMO.email, password: DEMO.password }),
  })
  if (!response.ok) throw new Error(`signing in was answered ${response.status}`)
  return response.headers.getSetCookie().map((line) => {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: dashboard }
  })
}
