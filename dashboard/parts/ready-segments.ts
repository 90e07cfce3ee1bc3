import { queryOptions } from '@tanstack/react-query'
import type { ApiReadySegment, WordLanguage } from '../../edge/protocol/ready-segment.ts'

/** Ready segments in the viewer's language, their people as of now. They are loaded by whoever looks at them. */
export const readySegmentsQuery = (language: string) =>
  queryOptions({
    queryKey: ['ready-segments', language],
    queryFn: async (): Promise<readonly ApiReadySegment[]> => {
      const { READY_SEGMENTS, readyAt } = await import('../../edge/domain/ready/library.ts')
      const words: WordLanguage = language === 'fr' ? 'fr' : 'en'
      // To the second, so that what is edited reads as "3 days before".
      const now = Math.floor(Date.now() / 1_000) * 1_000
      return READY_SEGMENTS.map((one) => readyAt(one, words, now))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Whether a text that is searched for is somewhere in what a segment says of itself. */
export function isAbout(ready: ApiReadySegment, text: string): boolean {
  const plain = (said: string) =>
    said
      .normalize('NFD')
      .replaceAll(/\p{Diacritic}/gu, '')
      .toLowerCase()
  const said = plain([ready.name, ready.purpose, ...ready.needs.events].join(' '))
  return plain(text)
    .split(/\s+/)
    .every((word) => said.includes(word))
}
