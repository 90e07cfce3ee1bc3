import {
  Alert,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ActivationInput, ApiActivation } from '../../edge/protocol/api.ts'
import { TextLink } from './link.tsx'
import { DEFAULT_WEIGHT } from '../../edge/protocol/touch.ts'
import { standingErrors } from './problem.ts'
import { destinationsQuery, segmentsQuery } from './queries.ts'
import { Failure } from './states.tsx'
import { TouchFields } from './touch-fields.tsx'
import { useI18n } from './use-i18n.ts'

const FIELDS = [
  'name',
  'segment',
  'exclude',
  'destinations',
  'on',
  'frequency',
  'weight',
  'tags',
] as const
const MOMENTS = ['entered', 'exited'] as const

/** Which segment tells which destinations, on entry, on exit, or both. */
export function ActivationForm(props: {
  readonly initial?: ApiActivation
  readonly save: (input: ActivationInput) => Promise<ApiActivation>
  readonly onSaved: () => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const segments = useQuery(segmentsQuery)
  const destinations = useQuery(destinationsQuery)
  const { initial } = props
  const [values, setValues] = useState(() => ({
    name: initial?.name ?? '',
    segment: initial?.segment ?? null,
    exclude: [...(initial?.exclude ?? [])],
    destinations: [...(initial?.destinations ?? [])],
    on: [...(initial?.on ?? (['entered'] as const))] as string[],
    once: initial?.frequency === 'once',
    weight: initial?.weight ?? DEFAULT_WEIGHT,
    tags: initial?.tags ?? [],
    transactional: initial?.transactional ?? false,
    best: initial?.channel === 'best',
    enabled: initial?.enabled ?? true,
  }))
  const set = (changed: Partial<typeof values>) => setValues({ ...values, ...changed })
  const input: ActivationInput = {
    name: values.name.trim(),
    segment: values.segment ?? '',
    exclude: values.exclude,
    destinations: values.destinations,
    on: MOMENTS.filter((moment) => values.on.includes(moment)),
    frequency: values.once ? 'once' : 'every-time',
    weight: values.weight,
    tags: values.tags,
    transactional: values.transactional,
    channel: values.best ? 'best' : null,
    enabled: values.enabled,
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['activations'] })
      props.onSaved()
    },
  })
  const { byField } = standingErrors(save, FIELDS, input)
  const reaches = destinations.data?.some(
    ({ id, channel }) => channel !== null && values.destinations.includes(id),
  )
  const choices = (segments.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Stack>
        {segments.data?.length === 0 && (
          <Alert color="orange">
            {t('activation.needsSegment')}{' '}
            <TextLink to="/segments/new">{t('segments.new')}</TextLink>
          </Alert>
        )}
        {destinations.data?.length === 0 && (
          <Alert color="orange">
            {t('activation.needsDestination')}{' '}
            <TextLink to="/destinations">{t('destinations.new')}</TextLink>
          </Alert>
        )}
        <TextInput
          label={t('activation.name')}
          required
          maxLength={100}
          value={values.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={byField['name']}
          data-autofocus
        />
        <Select
          label={t('activation.segment')}
          required
          searchable
          data={choices}
          value={values.segment}
          onChange={(segment) => set({ segment })}
          error={byField['segment']}
        />
        <Checkbox.Group
          label={t('activation.on')}
          value={values.on}
          onChange={(on) => set({ on })}
          error={byField['on']}
        >
          <Group mt="xs">
            {MOMENTS.map((moment) => (
              <Checkbox key={moment} value={moment} label={t(`activation.${moment}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <MultiSelect
          label={t('activation.destinations')}
          required
          data={(destinations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={values.destinations}
          onChange={(chosen) => set({ destinations: chosen })}
          error={byField['destinations']}
        />
        <MultiSelect
          label={t('activation.exclude')}
          description={t('activation.excludeAbout')}
          data={choices.filter(({ value }) => value !== values.segment)}
          value={values.exclude}
          onChange={(exclude) => set({ exclude })}
          error={byField['exclude']}
        />
        <Switch
          label={t('activation.once')}
          description={t('activation.onceAbout')}
          checked={values.once}
          onChange={(event) => set({ once: event.currentTarget.checked })}
        />
        {reaches && (
          <>
            <TouchFields
              value={values}
              onChange={set}
              errors={{ weight: byField['weight'], tags: byField['tags'] }}
            />
            <Switch
              label={t('touch.transactional')}
              description={t('touch.transactionalAbout')}
              checked={values.transactional}
              onChange={(event) => set({ transactional: event.currentTarget.checked })}
            />
          </>
        )}
        <Switch
          label={t('activation.best')}
          description={t('activation.bestAbout')}
          checked={values.best}
          onChange={(event) => set({ best: event.currentTarget.checked })}
        />
        <Switch
          label={t('activation.enabled')}
          checked={values.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {save.isError && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending}>
          {initial ? t('activation.save') : t('activation.create')}
        </Button>
      </Stack>
    </form>
  )
}
