import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './parts/theme.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from './parts/i18n.ts'
import { ProblemError } from './parts/problem.ts'
import { sessionQuery } from './parts/queries.ts'
import { cssVariables, theme } from './parts/theme.ts'
import { router } from './router.tsx'

const colorSchemeManager = localStorageColorSchemeManager({ key: 'prisme-color-scheme' })

/** A session that ended anywhere ends everywhere: the gate then shows the sign-in page. */
function noticeSignedOut(error: unknown): void {
  if (error instanceof ProblemError && error.problem.status === 401) {
    if (client.getQueryData(sessionQuery.queryKey)) {
      client.setQueryData(sessionQuery.queryKey, null)
    }
  }
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only silence and overload are worth another try.
      retry: (failures, error) =>
        failures < 2 &&
        error instanceof ProblemError &&
        (error.problem.status === 0 || error.problem.status >= 500),
    },
  },
})

await startI18n()
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={colorSchemeManager}
        defaultColorScheme="auto"
      >
        <Notifications position="bottom-right" />
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
