import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { connectLive, type LiveStatus } from './live.ts'
import { applyLive, EMPTY_LIVE, type LiveState } from './live-state.ts'
import { overviewQuery, refreshAll } from './queries.ts'

interface Live {
  readonly state: LiveState
  readonly status: LiveStatus
}

const LiveContext = createContext<Live>({ state: EMPTY_LIVE, status: 'connecting' })

/** One socket for the whole dashboard, open while somebody is signed in. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState(EMPTY_LIVE)
  const [status, setStatus] = useState<LiveStatus>('connecting')
  useEffect(() => {
    let wasLost = false
    return connectLive({
      onStatus: (next) => {
        setStatus(next)
        if (next === 'reconnecting') wasLost = true
        if (next === 'live' && wasLost) {
          wasLost = false
          refreshAll(client)
        }
      },
      onMessage: (message) => {
        const at = Date.now()
        setState((before) => applyLive(before, message, at))
        if (message.type === 'deliveries') {
          void client.invalidateQueries({ queryKey: ['deliveries'] })
          void client.invalidateQueries({ queryKey: overviewQuery.queryKey })
        }
      },
    })
  }, [client])
  return <LiveContext value={{ state, status }}>{children}</LiveContext>
}

export function useLive(): Live {
  return useContext(LiveContext)
}
