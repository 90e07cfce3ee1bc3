import { Text } from '@mantine/core'
import type { ApiComputedValue } from '../../edge/protocol/api-computed-trait.ts'
import { COMPUTED_LIMITS } from '../../edge/protocol/computed-trait.ts'
import { TraitValue } from './trait-value.tsx'
import { useI18n } from './use-i18n.ts'
import { Countdown } from './when.tsx'

/** What a computed trait is of somebody, and when time alone makes it another. */
export function ComputedValue({ told }: { readonly told: ApiComputedValue }) {
  const { t, format } = useI18n()
  const { value, until, bounded } = told
  return (
    <>
      <Text size="sm" fw={600} className="breakable" component="div">
        {value === undefined ? t('computedTraits.none') : <TraitValue value={value} />}
      </Text>
      {until !== undefined && (
        <Text size="xs" c="dimmed">
          {t('why.changes')} <Countdown until={until} plain />
        </Text>
      )}
      {bounded && (
        <Text size="xs" c="dimmed">
          {t('computedTraits.bounded', { shown: format.number(COMPUTED_LIMITS.events) })}
        </Text>
      )}
    </>
  )
}
