import { Button, Checkbox, Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiDestination, DestinationInput } from '../../edge/protocol/api.ts'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { CHANNELS, type Channel } from '../../edge/protocol/reaction.ts'
import { standingErrors } from './problem.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const FIELDS = ['name', 'url', 'purposes', 'channel', 'enabled'] as const

/** A webhook: name, address, and the consent it needs. */
export function DestinationForm(props: {
  readonly initial?: ApiDestination
  readonly save: (input: DestinationInput) => Promise<ApiDestination>
  readonly onSaved: (destination: ApiDestination) => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const { initial } = props
  const [name, setName] = useState(initial?.name ?? '')
  const [url, setUrl] = useState(initial?.url ?? '')
  const [purposes, setPurposes] = useState<string[]>([...(initial?.purposes ?? ['analytics'])])
  const [channel, setChannel] = useState<Channel | null>(initial?.channel ?? null)
  const [enabled, setEnabled] = useState(initial?.enabled ?? true)
  const input: DestinationInput = {
    name: name.trim(),
    kind: 'webhook',
    url: url.trim(),
    purposes,
    channel,
    enabled,
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: (destination) => {
      void client.invalidateQueries({ queryKey: ['destinations'] })
      props.onSaved(destination)
    },
  })
  const { byField } = standingErrors(save, FIELDS, input)
  // The workspace may have purposes of its own: what is set stays listed.
  const listed = [...new Set([...PURPOSES, ...(initial?.purposes ?? [])])]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Stack>
        <TextInput
          label={t('destination.name')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField['name']}
          data-autofocus
        />
        <TextInput
          label={t('destination.url')}
          description={t('destination.urlAbout')}
          type="url"
          required
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={byField['url']}
        />
        <Checkbox.Group
          label={t('destination.purposes')}
          description={t('destination.purposesAbout')}
          value={purposes}
          onChange={setPurposes}
          error={byField['purposes']}
        >
          <Group gap="md" mt="xs">
            {listed.map((purpose) => (
              <Checkbox
                key={purpose}
                value={purpose}
                label={t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose })}
              />
            ))}
          </Group>
        </Checkbox.Group>
        <Select
          label={t('destination.channel')}
          description={t('destination.channelAbout')}
          placeholder={t('destination.noChannel')}
          data={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          value={channel}
          onChange={setChannel}
          clearable
          clearButtonProps={{ 'aria-label': t('destination.noChannel') }}
          error={byField['channel']}
        />
        <Switch
          label={t('destination.enabled')}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        {save.isError && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending}>
          {initial ? t('destination.save') : t('destination.create')}
        </Button>
      </Stack>
    </form>
  )
}
