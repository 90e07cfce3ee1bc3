import { Button, Card, Group, NumberInput, Radio, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { DEFAULT_IDENTITY, type SharedDevice } from '../../edge/protocol/identifier.ts'
import type { ApiIdentitySettings } from '../../edge/protocol/rehearsal.ts'
import { api } from './api.ts'
import { fromDraft, toDraft, type IdentityDraft } from './identity-draft.ts'
import { IdentityKinds } from './identity-kinds.tsx'
import { BlockedValues, TraitPolicies } from './identity-lists.tsx'
import { fieldErrors, problemOf, ProblemError } from './problem.ts'
import { identityQuery } from './queries.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** No default kind has a period: the API's form is the same. */
const DEFAULTS: ApiIdentitySettings = {
  kinds: DEFAULT_IDENTITY.kinds.map(({ kind, level, unique, limit }) => ({
    kind,
    level,
    ...(unique !== undefined && { unique }),
    ...(limit !== undefined && { limit }),
  })),
  sharedDevice: DEFAULT_IDENTITY.sharedDevice,
  blocked: [],
  traits: {},
}
const USUAL_DAYS = 30
const LISTS = ['kinds', 'blocked', 'traits', 'days'] as const
const KIND_FIELDS = ['kind', 'level', 'limit', 'period'] as const

/** A rehearsal's body holds the settings: its errors are those of the same fields. */
function unwrapped(error: unknown): ProblemError | null {
  if (error === null) return null
  const problem = problemOf(error)
  const errors = problem.errors?.map(({ path, reason }) => ({
    path: path.replace(/^settings\./, ''),
    reason,
  }))
  return new ProblemError({ ...problem, ...(errors && { errors }) })
}

/** Identity settings: tried on the people there are, or saved for later messages. */
export function IdentityForm(props: {
  readonly known: ApiIdentitySettings
  readonly onRehearsal: (id: string) => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [draft, setDraft] = useState(() => toDraft(props.known))
  const [days, setDays] = useState<number | string>(USUAL_DAYS)
  const change = (part: Partial<IdentityDraft>) => setDraft({ ...draft, ...part })
  const rehearse = useMutation({
    mutationFn: () => api.identity.rehearse(fromDraft(draft), Number(days)),
    onSuccess: ({ id }) => props.onRehearsal(id),
  })
  const save = useMutation({
    mutationFn: () => api.identity.replace(fromDraft(draft)),
    onSuccess: (saved) => client.setQueryData(identityQuery.queryKey, saved),
  })
  const error = unwrapped(rehearse.error ?? save.error)
  const fields = [
    ...draft.kinds.flatMap((_, at) => KIND_FIELDS.map((field) => `kinds.${at}.${field}`)),
    ...LISTS,
  ]
  const { byField } = fieldErrors(error, fields)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.reset()
        rehearse.mutate()
      }}
    >
      <Stack gap="lg">
        <Card>
          <Title order={2}>{t('identity.kinds')}</Title>
          <Text size="sm" c="dimmed" mb="md" maw={680}>
            {t('identity.kindsAbout')}
          </Text>
          <IdentityKinds
            kinds={draft.kinds}
            onChange={(kinds) => change({ kinds })}
            errors={byField}
          />
        </Card>
        <Card>
          <Stack gap="xl">
            <Radio.Group
              label={t('identity.shared')}
              description={t('identity.sharedAbout')}
              value={draft.sharedDevice}
              onChange={(value) => change({ sharedDevice: value as SharedDevice })}
            >
              <Stack gap="xs" mt="xs">
                <Radio value="last-login-owns" label={t('identity.policies.last-login-owns')} />
                <Radio value="nobody-owns" label={t('identity.policies.nobody-owns')} />
              </Stack>
            </Radio.Group>
            <Part title={t('identity.blocked')} about={t('identity.blockedAbout')}>
              <BlockedValues
                rows={draft.blocked}
                onChange={(blocked) => change({ blocked })}
                kinds={draft.kinds.map(({ kind }) => kind)}
                error={byField['blocked']}
              />
            </Part>
            <Part title={t('identity.traits')} about={t('identity.traitsAbout')}>
              <TraitPolicies
                rows={draft.traits}
                onChange={(traits) => change({ traits })}
                error={byField['traits']}
              />
            </Part>
          </Stack>
        </Card>
        <Card>
          <Stack>
            <NumberInput
              label={t('identity.days')}
              description={`${t('identity.daysAbout')} ${t('identity.rehearseAbout')}`}
              value={days}
              onChange={setDays}
              required
              min={1}
              allowDecimal={false}
              maw={360}
              error={byField['days']}
            />
            {error !== null && <Failure error={error} />}
            {save.isSuccess && (
              <Text size="sm" role="status">
                {t('identity.saved')}
              </Text>
            )}
            <Group>
              <Button type="submit" loading={rehearse.isPending}>
                {t('identity.rehearse')}
              </Button>
              <Button
                variant="default"
                loading={save.isPending}
                onClick={() => {
                  rehearse.reset()
                  save.mutate()
                }}
              >
                {t('identity.save')}
              </Button>
              <Button variant="subtle" onClick={() => setDraft(toDraft(DEFAULTS))}>
                {t('identity.defaults')}
              </Button>
            </Group>
          </Stack>
        </Card>
      </Stack>
    </form>
  )
}

function Part(props: {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}) {
  return (
    <div>
      <Title order={3} size="h5">
        {props.title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {props.about}
      </Text>
      {props.children}
    </div>
  )
}
