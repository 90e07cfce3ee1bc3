import { Card, Group, MultiSelect, NumberInput, Select, Stack, Text, Title } from '@mantine/core'
import { APPETENCE_REACTIONS, type AppetenceReaction } from '../../edge/protocol/appetence.ts'
import type { AppetenceDraft } from './score-draft.ts'
import { useI18n } from './use-i18n.ts'

/** How it is told how likely people react to messages. */
export function AppetenceSettings(props: {
  readonly draft: AppetenceDraft
  readonly onChange: (draft: AppetenceDraft) => void
  readonly errors: {
    readonly [F in 'halfLife' | 'reactions' | 'exploration' | 'prior']: string | undefined
  }
}) {
  const { t } = useI18n()
  const { draft, errors } = props
  const set = (change: Partial<AppetenceDraft>) => props.onChange({ ...draft, ...change })
  return (
    <Card>
      <Stack>
        <div>
          <Title order={2}>{t('scoreSettings.appetence')}</Title>
          <Text size="sm" c="dimmed">
            {t('scoreSettings.appetenceAbout')}
          </Text>
        </div>
        <MultiSelect
          label={t('scoreSettings.reactions')}
          description={t('scoreSettings.reactionsAbout')}
          data={APPETENCE_REACTIONS.map((kind) => ({ value: kind, label: t(`reaction.${kind}`) }))}
          value={[...draft.reactions]}
          onChange={(reactions) => set({ reactions: reactions as AppetenceReaction[] })}
          error={errors.reactions}
        />
        <Group align="flex-start">
          <NumberInput
            label={t('scoreSettings.messageHalfLife')}
            description={t('scoreSettings.messageHalfLifeAbout')}
            min={1}
            max={3_650}
            allowDecimal={false}
            value={draft.halfLife}
            onChange={(halfLife) => set({ halfLife })}
            error={errors.halfLife}
            maw={320}
          />
          <NumberInput
            label={t('scoreSettings.exploration')}
            description={t('scoreSettings.explorationAbout')}
            required
            min={0}
            max={100}
            value={draft.exploration}
            onChange={(exploration) => set({ exploration })}
            error={errors.exploration}
            maw={320}
          />
        </Group>
        <Select
          label={t('scoreSettings.prior')}
          data={(['population', 'none'] as const).map((prior) => ({
            value: prior,
            label: t(`scoreSettings.priors.${prior}`),
          }))}
          value={draft.prior}
          onChange={(prior) => prior && set({ prior: prior as AppetenceDraft['prior'] })}
          allowDeselect={false}
          error={errors.prior}
          maw={480}
        />
      </Stack>
    </Card>
  )
}
