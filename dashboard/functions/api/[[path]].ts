/** The Pages Function's bindings: the edge Worker, in the same account. */
interface Bindings {
  readonly EDGE: { fetch(request: Request): Promise<Response> }
}

/**
 * Hands `/api/*` to the edge Worker, so that the dashboard and its session cookie share one origin.
 * The request and the answer pass untouched: method, streamed body, WebSocket upgrade, every `Set-Cookie`.
 */
export async function onRequest(context: {
  readonly request: Request
  readonly env: Bindings
}): Promise<Response> {
  return context.env.EDGE.fetch(context.request)
}
