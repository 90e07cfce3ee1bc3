import { Hono } from 'hono'
import { z } from 'zod'
import { ASKED, writeConsent } from '../consent-cookie.ts'
import { signIn } from '../customers.ts'
import { accountPage, signInPage } from '../pages/account.ts'
import { privacyPage } from '../pages/privacy.ts'
import { newId } from '../session.ts'
import { localPath, show, visitOf } from '../visit.ts'
import type { Env } from '../visit.ts'

/** Who the visitor is, and what they allow. */
export const accountRoutes = new Hono<Env>()
  .get('/sign-in', async (c) => {
    const visit = visitOf(c)
    if (visit.session.customer !== undefined) return c.redirect('/account', 303)
    return show(c, visit, signInPage(visit))
  })
  .post('/sign-in', async (c) => {
    const visit = visitOf(c)
    const { email = '', password = '' } = await c.req.parseBody()
    const customer = signIn(String(email), String(password))
    if (customer === undefined) return show(c, visit, signInPage(visit, String(email)))
    const { session, words } = visit
    session.id = newId('')
    session.customer = customer
    session.identifiedAt = 0
    session.notice = words.signedIn
    return c.redirect('/account', 303)
  })
  .post('/sign-out', (c) => {
    const { session, words } = visitOf(c)
    // The page view that follows is already nobody's: so the page is told after the reset, not by the tag before it.
    Object.assign(session, { id: newId(''), customer: undefined, orders: [], basket: new Map() })
    session.calls = [['reset'], ['page']]
    session.notice = words.signedOut
    return c.redirect('/', 303)
  })
  .get('/account', async (c) => {
    const visit = visitOf(c)
    const { customer } = visit.session
    return customer === undefined
      ? c.redirect('/sign-in', 303)
      : show(c, visit, accountPage(visit, customer))
  })
  .post('/newsletter', async (c) => {
    const { session, words } = visitOf(c)
    const { email, back } = await c.req.parseBody()
    const address = z.email().max(254).safeParse(email)
    session.notice = address.success ? words.subscribed : words.badEmail
    if (address.success) {
      session.calls = [
        ...session.calls,
        ['consent', { email: true }],
        ['identify', { email: address.data, newsletter: true }],
        ['track', 'Newsletter Subscribed', { form: 'footer' }],
      ]
    }
    return c.redirect(localPath(back), 303)
  })
  .get('/privacy', (c) => {
    const visit = visitOf(c)
    return show(c, visit, privacyPage(visit))
  })
  .post('/privacy', async (c) => {
    const { session, words } = visitOf(c)
    const { all, granted = [] } = await c.req.parseBody({ all: true })
    const chosen = [granted].flat()
    const answers = ASKED.map((purpose) => [
      purpose,
      all === 'granted' || (all !== 'denied' && chosen.includes(purpose)),
    ])
    writeConsent(c, Object.fromEntries(answers))
    session.notice = words.consentSaved
    return c.redirect('/privacy', 303)
  })
