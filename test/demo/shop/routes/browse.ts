import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { SORTS, isCategory, productById } from '../catalogue/catalogue.ts'
import { categoryPage } from '../pages/category.ts'
import { homePage } from '../pages/home.ts'
import { productPage } from '../pages/product.ts'
import { searchPage } from '../pages/search.ts'
import { localPath, show, visitOf } from '../visit.ts'
import type { Env } from '../visit.ts'

const YEAR_SECONDS = 365 * 24 * 60 * 60
export const LANGUAGE_COOKIE = 'rivage_language'

/** The pages on which one only looks. */
export const browse = new Hono<Env>()
  .get('/', (c) => {
    const visit = visitOf(c)
    return show(c, visit, homePage(visit))
  })
  .get('/category/:category', (c) => {
    const visit = visitOf(c)
    const category = c.req.param('category')
    if (!isCategory(category)) return c.notFound()
    const sort = SORTS.find((each) => each === c.req.query('sort')) ?? 'featured'
    return show(c, visit, categoryPage(visit, category, sort))
  })
  .get('/product/:id', (c) => {
    const visit = visitOf(c)
    const product = productById(c.req.param('id'))
    if (product === undefined) return c.notFound()
    return show(c, visit, productPage(visit, product))
  })
  .get('/search', (c) => {
    const visit = visitOf(c)
    const query = (c.req.query('q') ?? '').trim().slice(0, 100)
    return show(c, visit, searchPage(visit, query))
  })
  .get('/language/:language', (c) => {
    const language = c.req.param('language') === 'fr' ? 'fr' : 'en'
    setCookie(c, LANGUAGE_COOKIE, language, { maxAge: YEAR_SECONDS, sameSite: 'Lax', path: '/' })
    return c.redirect(localPath(c.req.query('back')), 303)
  })
