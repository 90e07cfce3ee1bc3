import {
  Autocomplete,
  Button,
  Card,
  Grid,
  Group,
  NumberInput,
  Select,
  Slider,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiExperience, ExperienceInput } from '../../edge/protocol/api.ts'
import { fromFields, toFields } from './content-fields.ts'
import { ExperienceTouchCard } from './experience-touch.tsx'
import { standingErrors } from './problem.ts'
import { experiencesQuery, segmentsQuery } from './queries.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { VariationEditor, VariationPreview, type Draft } from './variation-editor.tsx'

const FIELDS = [
  'name',
  'placement',
  'segment',
  'variations',
  'control',
  'priority',
  'touch',
] as const
const EVERYBODY = ''

/** Where, for whom, with which variations. */
export function ExperienceForm(props: {
  readonly initial?: ApiExperience
  readonly save: (input: ExperienceInput) => Promise<ApiExperience>
  readonly onSaved: (experience: ApiExperience) => void
}) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const { initial } = props
  const segments = useQuery(segmentsQuery)
  const experiences = useQuery(experiencesQuery)
  const [values, setValues] = useState(() => ({
    name: initial?.name ?? '',
    placement: initial?.placement ?? '',
    segment: initial?.segment ?? EVERYBODY,
    control: Math.round((initial?.control ?? 0) * 100),
    priority: initial?.priority ?? 0,
    touch: initial?.touch ?? null,
    enabled: initial?.enabled ?? true,
  }))
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => firstDrafts(initial))
  const set = (changed: Partial<typeof values>) => setValues({ ...values, ...changed })
  const input: ExperienceInput = {
    name: values.name.trim(),
    ...(initial && { key: initial.key }),
    placement: values.placement.trim(),
    segment: values.segment === EVERYBODY ? null : values.segment,
    control: values.control / 100,
    priority: values.priority,
    touch: values.touch,
    enabled: values.enabled,
    variations: drafts.map(({ key, weight, fields }) => ({
      key: key.trim(),
      weight,
      content: fromFields(
        fields,
        initial?.variations.find((variation) => variation.key === key)?.content ?? {},
      ),
    })),
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: (experience) => {
      void client.invalidateQueries({ queryKey: ['experiences'] })
      props.onSaved(experience)
    },
  })
  const { byField } = standingErrors(save, FIELDS, input)
  const weights = drafts.reduce((sum, { weight }) => sum + weight, 0)
  const treated = 1 - values.control / 100
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <Card>
              <Stack>
                <TextInput
                  label={t('experience.name')}
                  required
                  maxLength={100}
                  value={values.name}
                  onChange={(event) => set({ name: event.currentTarget.value })}
                  error={byField['name']}
                />
                <Group grow preventGrowOverflow={false} align="flex-start">
                  <Autocomplete
                    label={t('experience.placement')}
                    description={t('experience.placementAbout')}
                    required
                    data={[...new Set(experiences.data?.map(({ placement }) => placement) ?? [])]}
                    value={values.placement}
                    onChange={(placement) => set({ placement })}
                    error={byField['placement']}
                    miw={220}
                  />
                  <Select
                    label={t('experience.segment')}
                    description={t('experience.segmentAbout')}
                    data={[
                      { value: EVERYBODY, label: t('experience.everybody') },
                      ...(segments.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                    value={values.segment}
                    onChange={(segment) => set({ segment: segment ?? EVERYBODY })}
                    allowDeselect={false}
                    searchable
                    error={byField['segment']}
                    miw={220}
                  />
                </Group>
              </Stack>
            </Card>
            <Group justify="space-between">
              <Title order={2}>{t('experience.variations')}</Title>
              <Button
                variant="light"
                size="xs"
                leftSection={<IconPlus size={14} />}
                onClick={() => setDrafts([...drafts, newDraft(drafts)])}
              >
                {t('variation.add')}
              </Button>
            </Group>
            {byField['variations'] && (
              <Text role="alert" c="var(--mantine-color-error)" size="sm" className="breakable">
                {byField['variations']}
              </Text>
            )}
            {drafts.map((draft, index) => (
              <VariationEditor
                key={draft.id}
                draft={draft}
                share={weights === 0 ? 0 : (draft.weight / weights) * treated}
                onChange={(next) => setDrafts(drafts.with(index, next))}
                onRemove={
                  drafts.length > 1 ? () => setDrafts(drafts.toSpliced(index, 1)) : undefined
                }
              />
            ))}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <Card>
              <Stack>
                <Switch
                  label={t('experience.enabled')}
                  checked={values.enabled}
                  onChange={(event) => set({ enabled: event.currentTarget.checked })}
                />
                <div>
                  <Text size="sm" fw={500} id="control-label">
                    {t('experience.control', { share: format.percent(values.control / 100) })}
                  </Text>
                  <Text size="xs" c="dimmed" mb="xs">
                    {t('experience.controlAbout')}
                  </Text>
                  <Slider
                    min={0}
                    max={50}
                    value={values.control}
                    onChange={(control) => set({ control })}
                    label={(value) => format.percent(value / 100)}
                    thumbLabel={t('experience.controlThumb')}
                  />
                </div>
                <NumberInput
                  label={t('experience.priority')}
                  description={t('experience.priorityAbout')}
                  allowDecimal={false}
                  value={values.priority}
                  onChange={(priority) => typeof priority === 'number' && set({ priority })}
                  error={byField['priority']}
                />
              </Stack>
            </Card>
            <ExperienceTouchCard
              value={values.touch}
              variations={drafts.map(({ key }) => key)}
              onChange={(touch) => set({ touch })}
              error={byField['touch']}
            />
            <Card>
              <Title order={2} mb="sm">
                {t('experience.preview')}
              </Title>
              <Stack gap="sm">
                {drafts.map((draft) => (
                  <VariationPreview key={draft.id} draft={draft} />
                ))}
              </Stack>
            </Card>
            {save.isError && <Failure error={save.error} />}
            <Button type="submit" size="md" loading={save.isPending}>
              {initial ? t('experience.save') : t('experience.create')}
            </Button>
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  )
}

function firstDrafts(initial: ApiExperience | undefined): readonly Draft[] {
  if (initial === undefined) return [newDraft([])]
  return initial.variations.map(({ key, weight, content }, id) => ({
    id,
    key,
    weight,
    fields: toFields(content),
  }))
}

function newDraft(others: readonly Draft[]): Draft {
  const id = Math.max(-1, ...others.map((draft) => draft.id)) + 1
  return {
    id,
    key: String.fromCodePoint('a'.charCodeAt(0) + (id % 26)),
    weight: 1,
    fields: others[0]?.fields.map(({ name }) => ({ name, value: '' })) ?? [
      { name: 'title', value: '' },
      { name: 'text', value: '' },
    ],
  }
}
