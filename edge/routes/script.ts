/** Of scripts that pages of other origins load, as scripts and as modules. */
export const OPEN_SCRIPT = {
  'access-control-allow-origin': '*',
  'content-type': 'text/javascript; charset=utf-8',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Still a script, so that whoever reads the page's network log learns what is wrong. */
export const noScript = (status: 404 | 503, message: string): Response =>
  new Response(`/* Prisme: ${message} */\n`, {
    status,
    headers: { ...OPEN_SCRIPT, 'cache-control': 'no-store' },
  })
