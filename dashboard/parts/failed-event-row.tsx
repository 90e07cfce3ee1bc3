import { Alert, Button, Group, JsonInput, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { parseJson } from '../../edge/parse/json-text.ts'
import type { ApiFailedEvent } from '../../edge/protocol/api.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import { api } from './api.ts'
import { JsonView } from './json-view.tsx'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { VerdictBadge } from './verdict-badge.tsx'
import { When } from './when.tsx'

/** One refused event: why, what it said, and how to take it in after all. */
export function FailedEventRow(props: { readonly event: ApiFailedEvent; readonly source: string }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [isEditing, { open, close }] = useDisclosure()
  const { id, receivedAt, verdict, raw } = props.event
  const replay = useMutation({
    mutationFn: (correction: JsonObject | undefined) => api.failedEvents.replay(id, correction),
    onSuccess: (answer) => {
      if ('reason' in answer.verdict) return
      close()
      void client.invalidateQueries({ queryKey: ['failed-events'] })
    },
  })
  const isTakenIn = replay.isSuccess && !('reason' in replay.data.verdict)
  return (
    <div className="row">
      <Group justify="space-between" gap="sm">
        <Group gap="sm" flex={1} miw={220}>
          <VerdictBadge verdict={verdict} />
          <Text size="sm" fw={600} className="breakable">
            <Reason verdict={verdict} />
          </Text>
        </Group>
        <Text size="xs" c="dimmed" component="div">
          {props.source} · <When at={receivedAt} span />
        </Text>
      </Group>
      {raw === null ? (
        <Text size="xs" c="dimmed" mt={4}>
          {t('failedEvents.notKept')}
        </Text>
      ) : (
        <JsonView label={t('failedEvents.raw')} value={raw} />
      )}
      <Group gap="xs" mt={4}>
        {raw !== null && (
          <Button
            variant="light"
            size="compact-sm"
            loading={replay.isPending && !isEditing}
            disabled={isTakenIn}
            onClick={() => replay.mutate(undefined)}
          >
            {t('failedEvents.replay')}
          </Button>
        )}
        <Button
          variant="default"
          size="compact-sm"
          aria-expanded={isEditing}
          disabled={isTakenIn}
          onClick={isEditing ? close : open}
        >
          {isEditing ? t('failedEvents.cancel') : t('failedEvents.correct')}
        </Button>
      </Group>
      {isEditing && (
        <Correction
          raw={raw}
          isPending={replay.isPending}
          onSend={(event) => replay.mutate(event)}
        />
      )}
      <div role="status">
        {replay.isSuccess && (
          <Alert
            mt="sm"
            color={isTakenIn ? 'teal' : 'orange'}
            title={t(`verdict.${replay.data.verdict.status}`)}
          >
            {'reason' in replay.data.verdict ? (
              <Reason verdict={replay.data.verdict} />
            ) : (
              t(`failedEvents.done.${replay.data.verdict.status}`)
            )}
          </Alert>
        )}
      </div>
      {replay.isError && <Failure error={replay.error} />}
    </div>
  )
}

function Reason({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useI18n()
  if (!('reason' in verdict)) return null
  return (
    <>
      {t(`reason.${verdict.reason}`)}
      {verdict.path ? ` (${verdict.path})` : ''}
    </>
  )
}

/** The event as JSON, to be corrected by hand. */
function Correction(props: {
  readonly raw: JsonObject | null
  readonly isPending: boolean
  readonly onSend: (event: JsonObject) => void
}) {
  const { t } = useI18n()
  const [text, setText] = useState(() => JSON.stringify(props.raw ?? {}, null, 2))
  const [isTouched, setTouched] = useState(false)
  const parsed = parseJson(text)
  const event = parsed.ok ? asObject(parsed.value) : undefined
  const fault = !parsed.ok
    ? t('failedEvents.jsonFault', { ...parsed.fault })
    : event === undefined
      ? t('failedEvents.noObject')
      : undefined
  return (
    <Stack gap="xs" mt="sm">
      <JsonInput
        label={t('failedEvents.editor')}
        description={t('failedEvents.editorAbout')}
        value={text}
        onChange={(next) => {
          setText(next)
          setTouched(true)
        }}
        autosize
        minRows={6}
        maxRows={24}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        error={isTouched && fault}
        spellCheck={false}
      />
      <Group>
        <Button
          size="compact-sm"
          loading={props.isPending}
          disabled={event === undefined}
          onClick={() => event !== undefined && props.onSend(event)}
        >
          {t('failedEvents.send')}
        </Button>
      </Group>
    </Stack>
  )
}

const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
