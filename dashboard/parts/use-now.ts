import { useEffect, useState } from 'react'
import type { Millis } from '../../edge/protocol/time.ts'

/** The present, renewed every `every` milliseconds, for countdowns and "3 minutes ago". */
export function useNow(every: Millis = 15_000): Millis {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}
