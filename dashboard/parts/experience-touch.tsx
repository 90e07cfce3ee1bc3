import { Card, Select, Stack, Switch } from '@mantine/core'
import type { ApiExperience } from '../../edge/protocol/api.ts'
import { DEFAULT_WEIGHT } from '../../edge/protocol/touch.ts'
import { TouchFields } from './touch-fields.tsx'
import { useI18n } from './use-i18n.ts'

const NEW = { weight: DEFAULT_WEIGHT, tags: [], fallback: null }

/** Whether an experience presses on people like a message, and what is shown once a cap is full. */
export function ExperienceTouchCard(props: {
  readonly value: ApiExperience['touch']
  readonly variations: readonly string[]
  readonly onChange: (value: ApiExperience['touch']) => void
  readonly error: string | undefined
}) {
  const { t } = useI18n()
  const { value, variations, onChange, error } = props
  return (
    <Card>
      <Stack>
        <Switch
          label={t('experience.presses')}
          description={t('experience.pressesAbout')}
          checked={value !== null}
          onChange={(event) => onChange(event.currentTarget.checked ? NEW : null)}
        />
        {value !== null && (
          <>
            <TouchFields
              value={value}
              onChange={(next) => onChange({ ...value, ...next })}
              errors={{ weight: error }}
            />
            <Select
              label={t('experience.fallback')}
              description={t('experience.fallbackAbout')}
              placeholder={t('experience.ownContent')}
              data={[...new Set(variations.filter((key) => key !== ''))]}
              value={value.fallback}
              onChange={(fallback) => onChange({ ...value, fallback })}
              clearable
              clearButtonProps={{ 'aria-label': t('experience.ownContent') }}
            />
          </>
        )}
      </Stack>
    </Card>
  )
}
