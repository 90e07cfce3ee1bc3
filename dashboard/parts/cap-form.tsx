import {
  Alert,
  Button,
  Fieldset,
  Group,
  Input,
  NumberInput,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiCap, CapInput } from '../../edge/protocol/api-touch.ts'
import { CHANNELS, ONSITE, type Channel } from '../../edge/protocol/reaction.ts'
import { MAX_MOST } from '../../edge/protocol/touch.ts'
import { DurationInput } from './duration-input.tsx'
import { standingErrors } from './problem.ts'
import { SegmentPicker } from './segment-picker.tsx'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const FIELDS = ['name', 'channel', 'tag', 'window', 'most', 'thresholds', 'onSite'] as const

/** How much may reach somebody in how long, of what, and whom something else holds for. */
export function CapForm(props: {
  readonly initial?: ApiCap
  readonly save: (input: CapInput) => Promise<ApiCap>
  readonly onSaved: () => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const { initial } = props
  const [values, setValues] = useState(() => ({
    name: initial?.name ?? '',
    channel: initial?.channel ?? null,
    tag: initial?.tag ?? '',
    window: initial?.window ?? 'P7D',
    most: initial?.most ?? 3,
    thresholds: initial?.thresholds ?? [],
    onSite: initial?.onSite ?? false,
    enabled: initial?.enabled ?? true,
  }))
  const set = (changed: Partial<typeof values>) => setValues({ ...values, ...changed })
  const { thresholds } = values
  const input: CapInput = {
    ...values,
    ...(initial && { key: initial.key }),
    name: values.name.trim(),
    tag: values.tag.trim() === '' ? null : values.tag.trim(),
    thresholds: thresholds.filter(({ segment }) => segment !== ''),
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['caps'] })
      props.onSaved()
    },
  })
  const { byField } = standingErrors(save, FIELDS, input)
  const amount = (label: string, value: number, change: (next: number) => void) => ({
    label,
    min: 0,
    max: MAX_MOST,
    decimalScale: 3,
    value,
    onChange: (next: number | string) => typeof next === 'number' && change(next),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Stack>
        <TextInput
          label={t('cap.name')}
          required
          maxLength={100}
          value={values.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={byField['name']}
          data-autofocus
        />
        <NumberInput
          {...amount(t('cap.most'), values.most, (most) => set({ most }))}
          description={t('cap.mostAbout')}
          error={byField['most']}
        />
        {values.most === 0 && <Alert color="orange">{t('cap.zero')}</Alert>}
        <Input.Wrapper
          label={t('cap.window')}
          description={t('cap.windowAbout')}
          error={byField['window']}
        >
          <DurationInput
            of={t('cap.window')}
            value={values.window}
            onChange={(window) => set({ window })}
          />
        </Input.Wrapper>
        <Select
          label={t('destination.channel')}
          placeholder={t('cap.anyChannel')}
          data={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          value={values.channel}
          onChange={(next) => {
            const channel = next as Channel | null
            set({ channel, ...(channel === ONSITE && { onSite: true }) })
          }}
          clearable
          clearButtonProps={{ 'aria-label': t('cap.anyChannel') }}
          error={byField['channel']}
        />
        <TextInput
          label={t('cap.tag')}
          description={t('cap.tagAbout')}
          maxLength={64}
          value={values.tag}
          onChange={(event) => set({ tag: event.currentTarget.value })}
          error={byField['tag']}
        />
        <Fieldset legend={t('cap.thresholds')}>
          <Stack gap="sm">
            <Input.Description>{t('cap.thresholdsAbout')}</Input.Description>
            {thresholds.map((threshold, index) => {
              const change = (next: Partial<typeof threshold>) =>
                set({ thresholds: thresholds.with(index, { ...threshold, ...next }) })
              return (
                // A row has nothing of its own that stays but its place.
                // oxlint-disable-next-line react/no-array-index-key
                <Group key={index} align="flex-end" gap="xs">
                  <SegmentPicker
                    value={threshold.segment}
                    onChange={(segment) => change({ segment })}
                  />
                  <NumberInput
                    {...amount(t('cap.mostOfThem'), threshold.most, (most) => change({ most }))}
                    w={120}
                  />
                  <Button
                    variant="subtle"
                    color="gray"
                    onClick={() => set({ thresholds: thresholds.toSpliced(index, 1) })}
                  >
                    {t('cap.removeThreshold')}
                  </Button>
                </Group>
              )
            })}
            {byField['thresholds'] !== undefined && (
              <Input.Error>{byField['thresholds']}</Input.Error>
            )}
            <Button
              variant="light"
              size="xs"
              leftSection={<IconPlus size={14} />}
              style={{ alignSelf: 'flex-start' }}
              onClick={() => set({ thresholds: [...thresholds, { segment: '', most: 1 }] })}
            >
              {t('cap.addThreshold')}
            </Button>
          </Stack>
        </Fieldset>
        <Switch
          label={t('cap.onSite')}
          description={t('cap.onSiteAbout')}
          checked={values.onSite}
          disabled={values.channel === ONSITE}
          onChange={(event) => set({ onSite: event.currentTarget.checked })}
          error={byField['onSite']}
        />
        <Switch
          label={t('cap.enabled')}
          checked={values.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {save.isError && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending}>
          {initial ? t('cap.save') : t('cap.create')}
        </Button>
      </Stack>
    </form>
  )
}
