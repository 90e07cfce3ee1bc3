import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { SUGGESTED_ACCOUNT_TRAITS, SUGGESTED_TRAITS } from './event-names.ts'
import { computedTraitsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** The name of a trait: those that are computed are offered before those that are often said. */
export function TraitPicker(props: {
  readonly of: 'trait' | 'account'
  readonly value: string
  readonly onChange: (trait: string) => void
}) {
  const { t } = useI18n()
  const { data = [] } = useQuery(computedTraitsQuery)
  const computed = props.of === 'trait' ? data.map(({ key }) => key) : []
  const said = (props.of === 'trait' ? SUGGESTED_TRAITS : SUGGESTED_ACCOUNT_TRAITS).filter(
    (name) => !computed.includes(name),
  )
  return (
    <Autocomplete
      aria-label={t('editor.trait')}
      placeholder={t('editor.traitHint')}
      data={
        computed.length === 0
          ? said
          : [
              { group: t('computedTraits.title'), items: computed },
              { group: t('computedTraits.said'), items: said },
            ]
      }
      value={props.value}
      onChange={props.onChange}
      w={160}
    />
  )
}
