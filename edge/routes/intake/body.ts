import { LIMITS } from '../../protocol/event.ts'
import { SECOND } from '../../protocol/time.ts'
import type { Outcome, Refusal } from './refusal.ts'

/** A client that takes longer to send 500 KB is broken, or holds connections on purpose. */
const DEADLINE = 30 * SECOND

/** DEFLATE inflates at most 1,032 fold, so no slice makes more than about a megabyte before the cap is checked. */
const SLICE_BYTES = 1_024

const TOO_LARGE: Refusal = {
  ok: false,
  status: 413,
  detail: `The body may have at most ${LIMITS.batchBytes} bytes, as sent and unpacked.`,
}

/** The body as text, with caps on what was sent and on what it unpacks to, both while streaming. */
export async function readBody(request: Request): Promise<Outcome<string>> {
  // Before a byte is read; what is really sent is counted all the same.
  if (Number(request.headers.get('content-length')) > LIMITS.batchBytes) return TOO_LARGE
  const sent = await readStream(request.body, LIMITS.batchBytes)
  if (!sent.ok) return sent
  const codec = codecOf(request.headers.get('content-encoding'), sent.value)
  if (!codec.ok) return codec
  const plain = codec.value === undefined ? sent : await inflate(sent.value, codec.value)
  return plain.ok ? { ok: true, value: new TextDecoder().decode(plain.value) } : plain
}

/**
 * gzip is known by its first bytes whatever the headers say: real clients send it as a form or as text. No JSON text
 * begins like a zlib stream either.
 */
function codecOf(
  encoding: string | null,
  bytes: Uint8Array,
): Outcome<'gzip' | 'deflate' | undefined> {
  const named = encoding?.trim().toLowerCase() ?? ''
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { ok: true, value: 'gzip' }
  if (named === 'gzip' || named === 'x-gzip') return { ok: true, value: 'gzip' }
  if (named === 'deflate') return { ok: true, value: 'deflate' }
  if (named !== '' && named !== 'identity') {
    return { ok: false, status: 415, detail: 'Content-Encoding may be gzip, deflate or identity.' }
  }
  const zlib = bytes[0] === 0x78 && (0x7800 | (bytes[1] ?? 0)) % 31 === 0
  return { ok: true, value: zlib ? 'deflate' : undefined }
}

async function inflate(bytes: Uint8Array, codec: 'gzip' | 'deflate'): Promise<Outcome<Uint8Array>> {
  let at = 0
  const slices = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at < bytes.length) controller.enqueue(bytes.subarray(at, (at += SLICE_BYTES)))
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  try {
    return await readStream(slices.pipeThrough(new DecompressionStream(codec)), LIMITS.batchBytes)
  } catch {
    return { ok: false, status: 400, detail: `The body is not valid ${codec}.` }
  }
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  cap: number,
): Promise<Outcome<Uint8Array>> {
  if (stream === null) return { ok: true, value: new Uint8Array() }
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  const slow: Refusal = { ok: false, status: 408, detail: 'The body took more than 30 s.' }
  let timer: ReturnType<typeof setTimeout> | null = null
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), DEADLINE)
  })
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), deadline])
      if (part === 'late') {
        void reader.cancel().catch(() => undefined)
        return slow
      }
      if (part.done) break
      size += part.value.length
      if (size > cap) {
        // Whether the sender hears of it matters to nobody.
        void reader.cancel().catch(() => undefined)
        return TOO_LARGE
      }
      chunks.push(part.value)
    }
  } finally {
    clearTimeout(timer)
  }
  const only = chunks.length === 1 ? chunks[0] : undefined
  if (only !== undefined) return { ok: true, value: only }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return { ok: true, value: whole }
}
