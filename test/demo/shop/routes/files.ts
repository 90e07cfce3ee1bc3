import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { browserScript } from '../../browser-script.ts'
import { fullName, productById } from '../catalogue/catalogue.ts'
import { picture } from '../pictures/draw.ts'
import { HEROES } from '../pictures/hero.ts'

const SIGN =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19" fill="#1f5c63"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"><path d="M9 17q3.700-4 7.300 0t7.300 0 7.300 0"/><path d="M9 23q3.700-4 7.300 0t7.300 0 7.300 0"/><path d="M13 29q3.500-4 7 0t7 0"/></g></svg>'

/** What pages load: style, script, pictures. Checked again each time, so that an edit shows at once. */
export async function files(): Promise<Hono> {
  const style = await readFile(new URL('../shop.css', import.meta.url), 'utf8')
  const script = await browserScript(new URL('../browser/shop.ts', import.meta.url))
  return new Hono()
    .get('/shop.css', etag(), (c) => c.body(style, 200, headers('text/css')))
    .get('/shop.js', etag(), (c) => c.body(script, 200, headers('text/javascript')))
    .get('/pictures/:file', etag(), (c) => {
      const svg = pictureOf(c.req.param('file').replace(/\.svg$/, ''))
      return svg === undefined
        ? c.text('no such picture', 404)
        : c.body(svg, 200, headers('image/svg+xml'))
    })
}

function headers(type: string): Record<string, string> {
  return { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' }
}

function pictureOf(name: string): string | undefined {
  if (name === 'sign') return SIGN
  const product = productById(name)
  return product === undefined
    ? HEROES.get(name)
    : picture(product.drawing, fullName(product, 'en'))
}
