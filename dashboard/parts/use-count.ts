import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { ApiCount } from '../../edge/protocol/count.ts'
import { api, type Asked } from './api.ts'

/** Milliseconds between two looks at how far it is. */
const LOOK = 700

export interface Counting {
  /** It was asked for, be it by itself. */
  readonly isBegun: boolean
  /** Undefined: it was not begun, or is about to be. */
  readonly count: ApiCount | undefined
  readonly error: unknown
  /** Ends it, for this condition. */
  readonly cancel: () => void
  /** Begins, or begins anew. */
  readonly begin: () => void
}

interface Found {
  readonly asked: string
  readonly turn: number
  readonly count: ApiCount | undefined
  readonly error: unknown
}

/**
 * The exact size of a condition while it is counted. Another condition, or leaving the page, ends the count.
 * `asked`: JSON of what is asked. `isAutomatic`: it begins by itself. `mayRun`: it is the condition that is shown.
 */
export function useCount(asked: string, isAutomatic: boolean, mayRun: boolean): Counting {
  const [wish, setWish] = useState<{ readonly asked: string; readonly turn: number } | null>(null)
  const [found, setFound] = useState<Found | null>(null)
  const wished = wish?.asked === asked ? wish.turn : isAutomatic ? 1 : 0
  const turn = mayRun ? Math.max(wished, 0) : 0

  useEffect(() => {
    if (turn === 0) return
    let id: string | undefined
    let isOver = false
    // A count that is over by then is no failure: nobody is left to be told.
    const end = (one: string) => void api.counts.cancel(one).catch(() => undefined)
    api.counts.begin(JSON.parse(asked) as Asked).then(
      (count) => {
        id = count.id
        if (isOver) end(id)
        else setFound({ asked, turn, count, error: null })
      },
      (error: unknown) => {
        if (!isOver) setFound({ asked, turn, count: undefined, error })
      },
    )
    return () => {
      isOver = true
      if (id !== undefined) end(id)
    }
  }, [asked, turn])

  // What was found for another condition, or before it was begun anew, says nothing of this one.
  const own = found?.asked === asked && found.turn === turn ? found : undefined
  const id = own?.count?.id
  const status = useQuery({
    queryKey: ['count', id],
    queryFn: () => api.counts.get(id ?? ''),
    enabled: id !== undefined,
    retry: 3,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : LOOK),
  })
  // Turns are numbered, those that were ended are negative: no two of a condition are the same.
  const cancel = useCallback(
    () => setWish((now) => ({ asked, turn: now?.asked === asked ? -now.turn : -1 })),
    [asked],
  )
  const begin = useCallback(
    () => setWish((now) => ({ asked, turn: now?.asked === asked ? Math.abs(now.turn) + 1 : 2 })),
    [asked],
  )
  const count = status.data ?? own?.count
  return { isBegun: turn > 0, count, error: own?.error ?? status.error, cancel, begin }
}
