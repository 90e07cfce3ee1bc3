/** Takes calls before the tag is there; the tag then replays them in order. */
const STUB = 'window.prisme=window.prisme||function(){(prisme.q=prisme.q||[]).push(arguments)}'

/** What a site pastes into its pages. `origin` is the edge's address as browsers reach it. */
export function snippet(origin: string, writeKey: string): string {
  return `<script>${STUB}</script>\n<script async src="${tagAddress(origin, writeKey)}"></script>`
}

/** An event by hand, for servers and for trying out. */
export function serverExample(origin: string, writeKey: string): string {
  return [
    `curl ${trimmed(origin)}/v1/track \\`,
    `  -u ${writeKey}: \\`,
    "  -H 'content-type: application/json' \\",
    `  -d '{"userId":"42","event":"Signed Up","properties":{"plan":"gold"}}'`,
  ].join('\n')
}

function tagAddress(origin: string, writeKey: string): string {
  return `${trimmed(origin)}/t/${encodeURIComponent(writeKey)}.js`
}

function trimmed(origin: string): string {
  return origin.replace(/\/+$/, '')
}
