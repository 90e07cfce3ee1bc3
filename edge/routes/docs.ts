import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Env as HonoEnv } from 'hono'
import { html } from 'hono/html'

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>

const METHODS = ['get', 'post', 'put', 'delete'] as const

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Prisme',
    version: '1',
    description:
      'Administration takes a secret key as Bearer, or the dashboard’s session. Errors are RFC 9457 problem documents. Lists page by an opaque cursor.',
  },
  security: [{ secretKey: [] }, { session: [] }],
}

/** Serves `/openapi.json` and `/docs` of everything mounted in `app` before. */
export function serveDocs<E extends HonoEnv>(app: OpenAPIHono<E>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'secretKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A secret key (`sk_…`) of the workspace',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'prisme-auth.session_token',
    description: 'The dashboard’s sign-in',
  })
  let document: Document | undefined
  const read = (): Document => (document ??= app.getOpenAPI31Document(INFO))
  app.get('/openapi.json', (c) => {
    c.header('cache-control', 'public, max-age=300')
    c.header('access-control-allow-origin', '*')
    return c.json(read())
  })
  app.get('/docs', (c) => {
    c.header('cache-control', 'public, max-age=300')
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(page(read()))
  })
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem }
h2 { font-size: 1.05rem; margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 1rem 0 }
pre { overflow-x: auto; padding: .75rem; border-radius: .5rem; font-size: .85rem;
  background: color-mix(in srgb, currentColor 7%, transparent) }
dt { font-weight: 600 } dd { margin: 0 0 .35rem 1rem } p { margin: .4rem 0 }
`

const text = (value: unknown): string => JSON.stringify(value, null, 2)

/** One page, readable without scripts or anything from elsewhere. */
const page = (document: Document) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Prisme: HTTP interface</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>Prisme: HTTP interface</h1>
          <p>${document.info.description}</p>
          <p>For tools: <a href="/openapi.json">openapi.json</a></p>
          ${Object.entries(document.paths ?? {}).map(([path, item]) =>
            METHODS.map((method) => {
              const operation = item[method]
              return operation === undefined ? '' : section(method.toUpperCase(), path, operation)
            }),
          )}
          <h1>Webhooks</h1>
          ${Object.entries(document.webhooks ?? {}).map(([name, item]) => {
            const operation = 'post' in item ? item.post : undefined
            return operation === undefined ? '' : section('POST', name, operation)
          })}
          <h1>Shapes</h1>
          ${Object.entries(document.components?.schemas ?? {}).map(
            ([name, schema]) =>
              html`<section id="${name}">
                <h2>${name}</h2>
                <pre tabindex="0">${text(schema)}</pre>
              </section>`,
          )}
        </main>
      </body>
    </html>`

function section(method: string, path: string, operation: Operation) {
  const { requestBody, responses = {} } = operation
  const body =
    requestBody !== undefined && 'content' in requestBody
      ? Object.values(requestBody.content)[0]?.schema
      : undefined
  return html`<section>
    <h2>${method} ${path}</h2>
    ${operation.summary === undefined ? '' : html`<p>${operation.summary}</p>`}
    ${operation.description === undefined ? '' : html`<p>${operation.description}</p>`}
    ${
      body === undefined
        ? ''
        : html`<p>Body</p>
            <pre tabindex="0">${text(body)}</pre>`
    }
    <dl>
      ${Object.entries(responses).map(
        ([status, response]) =>
          html`<dt>${status}</dt>
            <dd>${'description' in response ? response.description : ''}</dd>`,
      )}
    </dl>
  </section>`
}
