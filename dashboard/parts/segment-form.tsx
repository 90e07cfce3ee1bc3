import {
  Button,
  Card,
  Collapse,
  Grid,
  Group,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { prepareRuleGroup } from 'react-querybuilder'
import type { ApiSegment, SegmentInput } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ExamplePerson } from '../../edge/protocol/example.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { defaultLeaf, fromQuery, toQuery, type ConditionGroup } from './condition-query.ts'
import { OptionalDuration } from './optional-duration.tsx'
import { ExamplesCard } from './examples-card.tsx'
import { standingErrors } from './problem.ts'
import { PurposesInput } from './purposes-input.tsx'
import { SizePreview } from './size-preview.tsx'
import { Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'

// Only who writes JSON loads an editor of it.
const ConditionText = lazy(() => import('./condition-text.tsx'))

const FIELDS = ['name', 'key', 'condition', 'public', 'onDevice', 'purposes', 'examples'] as const

/** What a new segment begins with. */
export type SegmentDraft = Pick<SegmentInput, 'name' | 'key' | 'condition' | 'examples'>

/** Name, key, condition and visibility of a segment, with its meaning and size while it is edited. */
export function SegmentForm(props: {
  readonly initial?: ApiSegment
  /** Of a new one. */
  readonly draft?: SegmentDraft
  /** One more example person than it has. */
  readonly added?: ExamplePerson
  readonly save: (input: SegmentInput) => Promise<ApiSegment>
  readonly onSaved: (segment: ApiSegment) => void
  /** How it is to be saved, above the button. */
  readonly options?: ReactNode
}) {
  const { t } = useI18n()
  const sentenceOf = useSentence()
  const client = useQueryClient()
  const { initial } = props
  const start = initial ?? props.draft
  const [name, setName] = useState(start?.name ?? '')
  const [key, setKey] = useState(start?.key ?? '')
  const [isPublic, setPublic] = useState(initial?.public ?? false)
  const [isOnDevice, setOnDevice] = useState(initial?.onDevice ?? false)
  const [purposes, setPurposes] = useState<readonly string[]>(initial?.purposes ?? [])
  const [minimumStay, setMinimumStay] = useState(initial?.minimumStay)
  const [condition, setCondition] = useState<Condition>(
    start?.condition ?? { type: 'all', conditions: [defaultLeaf('performed')] },
  )
  // What was typed as JSON is no condition, and must not be taken for the last one that was.
  const [isFaulty, setFaulty] = useState(false)
  const [examples, setExamples] = useState<readonly ExamplePerson[] | null>(() => [
    ...(start?.examples ?? []),
    ...(props.added ? [props.added] : []),
  ])
  const [first] = useState(examples)
  const input: SegmentInput = {
    name: name.trim(),
    condition,
    public: isPublic,
    ...(isPublic && isOnDevice && { onDevice: true }),
    purposes,
    ...(minimumStay !== undefined && { minimumStay }),
    ...(examples !== null && { examples }),
    ...(key.trim() !== '' && { key: key.trim() }),
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: (segment) => {
      void client.invalidateQueries({ queryKey: ['segments'] })
      props.onSaved(segment)
    },
  })
  const { byField } = standingErrors(save, FIELDS, input)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8.5 }}>
          <Stack gap="lg">
            <Card>
              <Group align="flex-start" grow preventGrowOverflow={false}>
                <TextInput
                  label={t('segment.name')}
                  placeholder={t('segment.namePlaceholder')}
                  required
                  maxLength={100}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                  error={byField['name']}
                  miw={220}
                />
                <TextInput
                  label={t('segment.key')}
                  description={t('segment.keyAbout')}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  pattern="[a-z0-9\-]{1,64}"
                  value={key}
                  onChange={(event) => setKey(event.currentTarget.value)}
                  error={byField['key']}
                  miw={220}
                />
              </Group>
            </Card>
            <ConditionCard
              condition={condition}
              onChange={setCondition}
              onFaulty={setFaulty}
              error={byField['condition']}
            />
            <ExamplesCard
              initial={first ?? []}
              condition={condition}
              purposes={purposes}
              onChange={setExamples}
              error={byField['examples']}
            />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 3.5 }}>
          <Stack gap="lg" pos={{ lg: 'sticky' }} top={{ lg: 24 }}>
            {!isFaulty && <SizePreview condition={condition} purposes={purposes} />}
            <Card>
              <Title order={2} mb={6}>
                {t('segment.meaning')}
              </Title>
              <Text size="sm" aria-live="polite" className="breakable">
                {isFaulty ? t('segment.noMeaning') : sentenceOf(condition)}
              </Text>
            </Card>
            <Card>
              <PurposesInput
                label={t('segment.purposes')}
                about={t('segment.purposesAbout')}
                value={purposes}
                onChange={setPurposes}
                error={byField['purposes']}
              />
            </Card>
            <Card>
              <Text size="sm" fw={500}>
                {t('segment.minimumStay')}
              </Text>
              <Text size="xs" c="dimmed" mb={6}>
                {t('segment.minimumStayAbout')}
              </Text>
              <OptionalDuration
                label={t('segment.minimumStaySet')}
                value={minimumStay}
                initial="P1D"
                onChange={setMinimumStay}
              />
            </Card>
            <Card>
              <Switch
                label={t('segment.public')}
                description={t('segment.publicAbout')}
                checked={isPublic}
                onChange={(event) => setPublic(event.currentTarget.checked)}
              />
              {isPublic && (
                <Switch
                  mt="sm"
                  label={t('segment.onDevice')}
                  description={t('segment.onDeviceAbout')}
                  checked={isOnDevice}
                  error={byField['onDevice']}
                  onChange={(event) => setOnDevice(event.currentTarget.checked)}
                />
              )}
            </Card>
            {props.options}
            {save.isError && <Failure error={save.error} />}
            <Button
              type="submit"
              loading={save.isPending}
              disabled={examples === null || isFaulty}
              size="md"
            >
              {initial ? t('segment.save') : t('segment.create')}
            </Button>
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  )
}

function ConditionCard(props: {
  readonly condition: Condition
  readonly onChange: (condition: Condition) => void
  readonly onFaulty: (isFaulty: boolean) => void
  readonly error: string | undefined
}) {
  const { t } = useI18n()
  const [view, setView] = useState<'builder' | 'json'>('builder')
  // The lines keep their names while they are edited, so the query is state and only read as a condition.
  const [query, setQuery] = useState(() => named(props.condition))
  const [text, setText] = useState('')
  const show = (next: string) => {
    if (next === 'json') setText(JSON.stringify(props.condition, null, 2))
    else setQuery(named(props.condition))
    setView(next === 'json' ? 'json' : 'builder')
    props.onFaulty(false)
  }
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('segment.condition')}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t('segment.view')}
          data={[
            { value: 'builder', label: t('segment.builder') },
            { value: 'json', label: 'JSON' },
          ]}
          value={view}
          onChange={show}
        />
      </Group>
      {view === 'builder' ? (
        <ConditionEditor
          query={query}
          onChange={(next) => {
            setQuery(next)
            props.onChange(fromQuery(next))
          }}
        />
      ) : (
        <Suspense fallback={<Loading />}>
          <ConditionText
            value={text}
            onChange={(next, read) => {
              setText(next)
              props.onFaulty(!read.ok)
              if (read.ok) props.onChange(read.condition)
            }}
          />
        </Suspense>
      )}
      <Collapse expanded={props.error !== undefined}>
        <Text role="alert" c="var(--mantine-color-error)" size="sm" mt="sm" className="breakable">
          {props.error}
        </Text>
      </Collapse>
    </Card>
  )
}

/** With an id on each line: without, the builder makes new ones at each change, and the field in hand loses focus. */
function named(condition: Condition): ConditionGroup {
  return prepareRuleGroup(toQuery(condition)) as ConditionGroup
}
