import { Alert, Button, Card, Center, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX, type Icon } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { problemOf } from './problem.ts'
import { useI18n } from './use-i18n.ts'

/** Grey lines in the shape of what is coming. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { t } = useI18n()
  return (
    <Card role="status" aria-label={t('state.loading')}>
      <Stack gap="md">
        {Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} height={row === 0 ? 24 : 16} width={row === 0 ? '40%' : '100%'} />
        ))}
      </Stack>
    </Card>
  )
}

/** Nothing here yet, and what to do next. */
export function Empty(props: {
  readonly icon: Icon
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <ThemeIcon size={52} radius="xl" variant="light" aria-hidden="true">
          <props.icon size={26} stroke={1.6} />
        </ThemeIcon>
        <Title order={2} mt="xs">
          {props.title}
        </Title>
        <Text c="dimmed" size="sm">
          {props.children}
        </Text>
        {props.action && <div style={{ marginTop: 12 }}>{props.action}</div>}
      </Stack>
    </Center>
  )
}

/** What went wrong, and what to do about it. */
export function Failure(props: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useI18n()
  const problem = problemOf(props.error)
  const offline = problem.status === 0
  const advice = offline
    ? t('failure.offline')
    : problem.status === 404
      ? t('failure.notFound')
      : problem.status === 403
        ? t('failure.forbidden')
        : problem.status === 429
          ? t('failure.slowDown')
          : problem.status >= 500
            ? t('failure.server')
            : t('failure.refused')
  return (
    <Alert
      color="red"
      role="alert"
      icon={offline ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      title={offline ? t('failure.offlineTitle') : (problem.detail ?? problem.title)}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{advice}</Text>
        {problem.errors?.map(({ path, reason }) => (
          <Text size="sm" key={`${path} ${reason}`} className="breakable">
            {path === '' ? reason : `${path}: ${reason}`}
          </Text>
        ))}
        {props.onRetry && (
          <Button size="xs" variant="white" color="red" onClick={props.onRetry}>
            {t('failure.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** A query's three faces: coming, failed, there. */
export function Loaded<T>(props: {
  readonly query: UseQueryResult<T>
  readonly skeleton?: ReactNode
  readonly children: (data: T) => ReactNode
}) {
  const { query } = props
  if (query.data !== undefined) return <>{props.children(query.data)}</>
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return <>{props.skeleton ?? <Loading />}</>
}
