import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { languageDetector } from 'hono/language'
import { NONCE, secureHeaders } from 'hono/secure-headers'
import { notFoundPage } from './pages/not-found.ts'
import { accountRoutes } from './routes/account.ts'
import { basketRoutes } from './routes/basket.ts'
import { LANGUAGE_COOKIE, browse } from './routes/browse.ts'
import { checkoutRoutes } from './routes/checkout.ts'
import { files } from './routes/files.ts'
import { sessions } from './session.ts'
import { show, visitOf } from './visit.ts'
import type { Env, Settings } from './visit.ts'

const MAX_FORM_BYTES = 16 * 1024

/** The shop as a web application: server-rendered pages that use Prisme by its public tag alone. */
export async function createShop(settings: Settings): Promise<Hono<Env>> {
  const app = new Hono<Env>()
  app.route('/', await files())
  app.use(
    // As strict as a careful shop's: Prisme's tag has to work under it.
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", NONCE, settings.edgeOrigin],
        connectSrc: ["'self'", settings.edgeOrigin],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'strict-origin-when-cross-origin',
      strictTransportSecurity: false,
    }),
    csrf(),
    bodyLimit({ maxSize: MAX_FORM_BYTES }),
    languageDetector({
      supportedLanguages: ['en', 'fr'],
      fallbackLanguage: 'en',
      order: ['cookie', 'header'],
      lookupCookie: LANGUAGE_COOKIE,
      caches: false,
    }),
    async (c, next) => {
      c.set('settings', settings)
      await next()
    },
    sessions(),
  )
  app.route('/', browse)
  app.route('/', basketRoutes)
  app.route('/', checkoutRoutes)
  app.route('/', accountRoutes)
  app.notFound((c) => {
    const visit = visitOf(c)
    return show(c, visit, notFoundPage(visit))
  })
  return app
}
