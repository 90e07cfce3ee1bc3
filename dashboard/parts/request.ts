import i18next from 'i18next'
import type { Problem } from '../../edge/protocol/problem.ts'
import { inWords, speaker, type Phrases } from './api-words.ts'
import { ProblemError } from './problem.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One call of the administration API. Throws `ProblemError`; 204 gives undefined. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ProblemError({ type: 'about:blank', title: 'No answer', status: 0 })
  }
  const text = await response.text()
  if (!response.ok) throw new ProblemError(await translated(toProblem(response, text)))
  if (text === '') return undefined as T
  try {
    return JSON.parse(text) as T
  } catch {
    // A proxy or sign-in wall answered in our place: its page is no answer of ours.
    throw new ProblemError({ type: 'about:blank', title: 'Unreadable answer', status: 502 })
  }
}

/** In the viewer's language, whose words are fetched when the first problem needs them. */
export async function translated(problem: Problem): Promise<Problem> {
  const phrases = await phrasesOf(i18next.language)
  return phrases === null ? problem : inWords(problem, phrases)
}

/** Says texts of the API in the viewer's language; what has no words in it stays as it is. */
export async function apiSpeech(): Promise<(text: string) => string> {
  const phrases = await phrasesOf(i18next.language)
  return phrases === null ? (text) => text : speaker(phrases)
}

/** Null: the API speaks that language already, or its words could not be fetched. */
async function phrasesOf(language: string): Promise<Phrases | null> {
  if (language !== 'fr') return null
  const module = await import('../locales/api-fr.json').catch(() => null)
  return module === null ? null : (module.default as unknown as Phrases)
}

function toProblem(response: Response, text: string): Problem {
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
  }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return fallback
    if ('title' in parsed && 'status' in parsed) return parsed as Problem
    // The sign-in library answers `{ code, message }`.
    if ('message' in parsed && typeof parsed.message === 'string') {
      return { ...fallback, detail: parsed.message }
    }
    return fallback
  } catch {
    return fallback
  }
}

/** `?a=1&b=2` of what is set; empty text when nothing is. */
export function query(values: { readonly [name: string]: string | undefined }): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') search.set(name, value)
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
