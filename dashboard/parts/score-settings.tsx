import {
  Button,
  Card,
  Group,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
  Textarea,
  Title,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiScoreSettings } from '../../edge/protocol/api-score.ts'
import { RFM_AXES, SCORE_LIMITS } from '../../edge/protocol/score.ts'
import { api } from './api.ts'
import { AppetenceSettings } from './appetence-settings.tsx'
import { standingErrors } from './problem.ts'
import { scoreSettingsQuery } from './queries.ts'
import { ScoreCellsForm } from './score-cells-form.tsx'
import { draftOf, inputOf, type ScoreDraft } from './score-draft.ts'
import { Failure, Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const FIELDS = [
  'orders.completed',
  'orders.refunded',
  'orders.cancelled',
  'orders.amount',
  'orders.currency',
  'orders.rates',
  'rfm.window',
  'rfm.bins',
  'rfm.cutPoints.recency',
  'rfm.cutPoints.frequency',
  'rfm.cutPoints.monetary',
  'rfm.cells',
  'engagement.weights',
  'engagement.halfLife',
  'appetence.halfLife',
  'appetence.reactions',
  'appetence.exploration',
  'appetence.prior',
] as const
type Field = (typeof FIELDS)[number]

/** What counts as an order, how customers are put into bins and cells, and what engagement is made of. */
export function ScoreSettings() {
  const settings = useQuery(scoreSettingsQuery)
  return <Loaded query={settings}>{(known) => <Form known={known} />}</Loaded>
}

function Form({ known }: { readonly known: ApiScoreSettings }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(known))
  const set = (change: Partial<ScoreDraft>) => setDraft({ ...draft, ...change })
  const input = inputOf(draft)
  const save = useMutation({
    mutationFn: api.scores.replace,
    onSuccess: (saved) => {
      client.setQueryData(scoreSettingsQuery.queryKey, saved)
      setDraft(draftOf(saved))
    },
  })
  const { byField, isOther } = standingErrors(save, FIELDS, input)
  const fault = (field: Field) => ({ error: byField[field] })
  const bins = Number(draft.bins)
  const names = (name: 'completed' | 'refunded' | 'cancelled' | 'amount') => (
    <TagsInput
      label={t(`scoreSettings.${name}`)}
      value={[...draft[name]]}
      onChange={(list) => set({ [name]: list })}
      {...fault(`orders.${name}`)}
      w="100%"
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(input)
      }}
    >
      <Stack gap="lg">
        <Card>
          <Stack>
            <Title order={2}>{t('scoreSettings.orders')}</Title>
            {names('completed')}
            {names('refunded')}
            {names('cancelled')}
            {names('amount')}
            <TextInput
              label={t('scoreSettings.currency')}
              description={t('scoreSettings.currencyAbout')}
              value={draft.currency}
              onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })}
              maxLength={3}
              {...fault('orders.currency')}
              maw={260}
            />
            <Textarea
              label={t('scoreSettings.rates')}
              description={t('scoreSettings.ratesAbout')}
              placeholder="USD = 0.92"
              value={draft.rates}
              onChange={(event) => set({ rates: event.currentTarget.value })}
              autosize
              minRows={2}
              {...fault('orders.rates')}
            />
          </Stack>
        </Card>
        <Card>
          <Stack>
            <Title order={2}>{t('rfm.title')}</Title>
            <Group align="flex-start">
              <NumberInput
                label={t('scoreSettings.window')}
                description={t('scoreSettings.windowAbout')}
                min={1}
                max={3_650}
                allowDecimal={false}
                value={draft.window}
                onChange={(window) => set({ window })}
                {...fault('rfm.window')}
              />
              <NumberInput
                label={t('scoreSettings.bins')}
                description={t('scoreSettings.binsAbout')}
                required
                min={2}
                max={SCORE_LIMITS.bins}
                allowDecimal={false}
                value={draft.bins}
                onChange={(next) => set({ bins: next })}
                {...fault('rfm.bins')}
              />
            </Group>
            <Switch
              label={t('scoreSettings.ownCutPoints')}
              checked={draft.cutPoints !== undefined}
              onChange={(event) =>
                set({
                  cutPoints: event.currentTarget.checked
                    ? { recency: '', frequency: '', monetary: '' }
                    : undefined,
                })
              }
            />
            {draft.cutPoints !== undefined && (
              <>
                <Text size="sm" c="dimmed">
                  {t('scoreSettings.cutPointsAbout', { count: Math.max(bins - 1, 0) })}
                </Text>
                {RFM_AXES.map((axis) => (
                  <TextInput
                    key={axis}
                    label={t(`scoreSettings.cutPoints.${axis}`)}
                    value={draft.cutPoints?.[axis] ?? ''}
                    onChange={(event) =>
                      draft.cutPoints &&
                      set({ cutPoints: { ...draft.cutPoints, [axis]: event.currentTarget.value } })
                    }
                    {...fault(`rfm.cutPoints.${axis}`)}
                  />
                ))}
              </>
            )}
            <ScoreCellsForm
              cells={draft.cells}
              bins={bins}
              onChange={(cells) => set({ cells })}
              error={byField['rfm.cells']}
            />
          </Stack>
        </Card>
        <Card>
          <Stack>
            <Title order={2}>{t('scores.engagement')}</Title>
            <Textarea
              label={t('scoreSettings.weights')}
              description={t('scoreSettings.weightsAbout')}
              value={draft.weights}
              onChange={(event) => set({ weights: event.currentTarget.value })}
              autosize
              minRows={3}
              {...fault('engagement.weights')}
            />
            <NumberInput
              label={t('scoreSettings.halfLife')}
              description={t('scoreSettings.halfLifeAbout')}
              required
              min={1}
              max={3_650}
              allowDecimal={false}
              value={draft.halfLife}
              onChange={(halfLife) => set({ halfLife })}
              {...fault('engagement.halfLife')}
              maw={260}
            />
          </Stack>
        </Card>
        <AppetenceSettings
          draft={draft.appetence}
          onChange={(appetence) => set({ appetence })}
          errors={{
            halfLife: byField['appetence.halfLife'],
            reactions: byField['appetence.reactions'],
            exploration: byField['appetence.exploration'],
            prior: byField['appetence.prior'],
          }}
        />
        {isOther && <Failure error={save.error} />}
        {Object.keys(byField).length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t('scoreSettings.refused')}
          </Text>
        )}
        {save.isSuccess && (
          <Text size="sm" role="status">
            {t('scoreSettings.saved')}
          </Text>
        )}
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('scoreSettings.save')}
        </Button>
      </Stack>
    </form>
  )
}
