import { Autocomplete, Button, Input, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiComputedTrait } from '../../edge/protocol/api-computed-trait.ts'
import {
  COMPUTED_LIMITS,
  COMPUTED_MEASURES,
  type ComputedMeasure,
} from '../../edge/protocol/computed-trait.ts'
import type { EventTest, Window } from '../../edge/protocol/condition.ts'
import type { ComputedTraitBy, ComputedTraitInput } from './api.ts'
import { ComputedTraitPreview } from './computed-trait-preview.tsx'
import { SUGGESTED_PROPERTIES } from './event-names.ts'
import { EventNames, PropertyTests } from './event-test-editor.tsx'
import { standingErrors } from './problem.ts'
import { PurposesInput } from './purposes-input.tsx'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { WINDOW_KINDS } from './window-edit.ts'
import { WindowEditor } from './window-editor.tsx'

const FIELDS = [
  'name',
  'key',
  'event',
  'where',
  'measure',
  'property',
  'window',
  'purposes',
] as const

/** Which events a trait is computed from, what is measured of them, and by what name it is asked for. */
export function ComputedTraitForm(props: {
  readonly initial?: ApiComputedTrait
  readonly save: (input: ComputedTraitInput) => Promise<ApiComputedTrait>
  readonly onSaved: () => void
}) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const { initial } = props
  const [name, setName] = useState(initial?.name ?? '')
  const [key, setKey] = useState(initial?.key ?? '')
  const [test, setTest] = useState<EventTest>(() => ({
    event: initial?.event ?? '',
    ...(initial?.where && { where: initial.where }),
  }))
  const [measure, setMeasure] = useState<ComputedMeasure>(initial?.measure ?? 'count')
  const [property, setProperty] = useState(initial?.property ?? '')
  const [window, setWindow] = useState<Window | undefined>(initial?.window)
  const [purposes, setPurposes] = useState<readonly string[]>(initial?.purposes ?? [])
  const by: ComputedTraitBy = {
    ...test,
    measure,
    ...(measure !== 'count' && { property }),
    ...(window !== undefined && { window }),
    ...(purposes.length > 0 && { purposes }),
  }
  const input: ComputedTraitInput = {
    name: name.trim(),
    ...(key.trim() !== '' && { key: key.trim() }),
    ...by,
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['computed-traits'] })
      props.onSaved()
    },
  })
  const { byField, isOther } = standingErrors(save, FIELDS, input)
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Stack>
        <TextInput
          label={t('computedTraits.name')}
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField['name']}
          data-autofocus
        />
        <TextInput
          label={t('computedTraits.key')}
          description={t('computedTraits.keyAbout')}
          maxLength={64}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={byField['key']}
        />
        <Input.Wrapper
          label={t('computedTraits.events')}
          labelElement="div"
          error={[byField['event'], byField['where']].filter((one) => one !== undefined).join('; ')}
        >
          <Stack gap="xs">
            <EventNames test={test} onChange={setTest} />
            <PropertyTests test={test} onChange={setTest} />
          </Stack>
        </Input.Wrapper>
        <Select
          label={t('computedTraits.measure')}
          data={COMPUTED_MEASURES.map((value) => ({
            value,
            label: t(`computedTraits.measures.${value}`),
          }))}
          value={measure}
          onChange={(next) => next && setMeasure(next as ComputedMeasure)}
          allowDeselect={false}
          error={byField['measure']}
        />
        {(measure === 'list' || measure === 'most_frequent') && (
          <Text size="xs" c="dimmed">
            {t(`computedTraits.about.${measure}`, {
              events: format.number(COMPUTED_LIMITS.events),
              values: format.number(COMPUTED_LIMITS.list),
            })}
          </Text>
        )}
        {measure !== 'count' && (
          <Autocomplete
            label={t('computedTraits.property')}
            placeholder={t('editor.propertyHint')}
            required
            data={[...SUGGESTED_PROPERTIES]}
            value={property}
            onChange={setProperty}
            error={byField['property']}
          />
        )}
        <Input.Wrapper
          label={t('computedTraits.window')}
          labelElement="div"
          error={byField['window']}
        >
          <WindowEditor window={window} onChange={setWindow} kinds={WINDOW_KINDS} />
        </Input.Wrapper>
        <PurposesInput
          label={t('computedTraits.purposes')}
          about={t('computedTraits.purposesAbout')}
          value={purposes}
          onChange={setPurposes}
          error={byField['purposes']}
        />
        <ComputedTraitPreview by={by} />
        {isOther && <Failure error={save.error} />}
        {Object.keys(byField).length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t('scoreSettings.refused')}
          </Text>
        )}
        <Button type="submit" loading={save.isPending}>
          {initial ? t('destination.save') : t('computedTraits.create')}
        </Button>
      </Stack>
    </form>
  )
}
