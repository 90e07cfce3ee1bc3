import {
  Button,
  Radio,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiSource, SourceInput } from '../../edge/protocol/api.ts'
import type { SourceKind } from '../../edge/protocol/catalog.ts'
import type { ConsentMode, EventPurpose } from '../../edge/protocol/consent.ts'
import { EventPurposes } from './event-purposes.tsx'
import { standingErrors } from './problem.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const FIELDS = ['name', 'kind', 'consent', 'purposes', 'tokenKey'] as const
const KINDS: readonly SourceKind[] = ['browser', 'server']
const CONSENTS: readonly ConsentMode[] = ['opt-in', 'implied']
const ALGORITHMS = ['HS256', 'ES256', 'RS256'] as const
type Algorithm = (typeof ALGORITHMS)[number]
/** `keep` leaves the key as it is, `none` takes it away. */
type TokenChoice = Algorithm | 'keep' | 'none'

/** Name, kind, consent before an answer, and the key that verifies user tokens. */
export function SourceForm(props: {
  readonly initial?: ApiSource
  readonly save: (input: SourceInput) => Promise<ApiSource>
  readonly onSaved: (source: ApiSource) => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const { initial } = props
  const [name, setName] = useState(initial?.name ?? '')
  const [kind, setKind] = useState<SourceKind>(initial?.kind ?? 'browser')
  const [consent, setConsent] = useState<ConsentMode>(initial?.consent ?? 'opt-in')
  const [purposes, setPurposes] = useState<readonly EventPurpose[]>(initial?.purposes ?? [])
  const [pressure, setPressure] = useState(initial?.pressure ?? false)
  const hasKey = (initial?.tokenAlgorithms.length ?? 0) > 0
  const [choice, setChoice] = useState<TokenChoice>(hasKey ? 'keep' : 'none')
  const [key, setKey] = useState('')
  const input: SourceInput = {
    name: name.trim(),
    kind,
    consent,
    pressure,
    purposes: purposes.map(({ event, purpose }) => ({ event: event.trim(), purpose })),
    ...(choice === 'none' && hasKey && { tokenKey: null }),
    ...(choice !== 'none' &&
      choice !== 'keep' && { tokenKey: { algorithm: choice, key: key.trim() } }),
  }
  const save = useMutation({
    mutationFn: props.save,
    onSuccess: (source) => {
      setKey('')
      void client.invalidateQueries({ queryKey: ['sources'] })
      props.onSaved(source)
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
      <Stack>
        <TextInput
          label={t('source.name')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField['name']}
        />
        {!initial && (
          <div>
            <Text size="sm" fw={500} mb={4}>
              {t('source.kind')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-label={t('source.kind')}
              data={KINDS.map((item) => ({ value: item, label: t(`source.kinds.${item}`) }))}
              value={kind}
              onChange={(next) => setKind(next === 'server' ? 'server' : 'browser')}
            />
          </div>
        )}
        <Radio.Group
          label={t('source.consent')}
          value={consent}
          onChange={(next) => setConsent(next === 'implied' ? 'implied' : 'opt-in')}
          error={byField['consent']}
        >
          <Stack gap="xs" mt="xs">
            {CONSENTS.map((item) => (
              <Radio
                key={item}
                value={item}
                label={t(`source.consents.${item}`)}
                description={t(`source.consentsAbout.${item}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <EventPurposes value={purposes} onChange={setPurposes} error={byField['purposes']} />
        <Switch
          label={t('source.pressure')}
          description={t('source.pressureAbout')}
          checked={pressure}
          onChange={(event) => setPressure(event.currentTarget.checked)}
        />
        <Select
          label={t('source.token')}
          description={t('source.tokenAbout')}
          data={[
            ...(hasKey
              ? [
                  {
                    value: 'keep',
                    label: t('source.tokenKeep', {
                      algorithms: initial?.tokenAlgorithms.join(', ') ?? '',
                    }),
                  },
                ]
              : []),
            { value: 'none', label: t('source.tokenNone') },
            { value: 'HS256', label: t('source.tokenShared') },
            { value: 'ES256', label: 'ES256 (JWK)' },
            { value: 'RS256', label: 'RS256 (JWK)' },
          ]}
          value={choice}
          onChange={(next) => next && setChoice(next as TokenChoice)}
          allowDeselect={false}
        />
        {choice !== 'keep' && choice !== 'none' && (
          <Textarea
            label={choice === 'HS256' ? t('source.tokenSecret') : t('source.tokenJwk')}
            required
            autosize
            minRows={choice === 'HS256' ? 1 : 4}
            spellCheck={false}
            autoComplete="off"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={byField['tokenKey']}
          />
        )}
        {save.isError && <Failure error={save.error} />}
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          {initial ? t('source.save') : t('source.create')}
        </Button>
      </Stack>
    </form>
  )
}
