import { Center, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Failure } from './states.tsx'
import { LiveProvider } from './live-context.tsx'
import { sessionQuery } from './queries.ts'
import { Shell } from './shell.tsx'
import { useI18n } from './use-i18n.ts'

const SignIn = lazy(() => import('../pages/sign-in.tsx'))

/** Nobody signed in: the sign-in page, at whatever address, so that the address survives it. */
export function Gate() {
  const { t } = useI18n()
  const session = useQuery(sessionQuery)
  const waiting = (
    <Center h="100dvh">
      <Loader aria-label={t('state.loading')} />
    </Center>
  )
  if (session.isPending) return waiting
  if (session.isError && session.data === undefined) {
    return (
      <Center h="100dvh" p="md" component="main">
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </Center>
    )
  }
  if (!session.data) {
    return (
      <Suspense fallback={waiting}>
        <SignIn />
      </Suspense>
    )
  }
  return (
    <LiveProvider>
      <Shell session={session.data}>
        <Outlet />
      </Shell>
    </LiveProvider>
  )
}
