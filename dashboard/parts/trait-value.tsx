import type { Json } from '../../edge/protocol/json.ts'
import { WebLink } from './link.tsx'
import { useI18n } from './use-i18n.ts'

/** What a trait is, as people read it. */
export function TraitValue({ value }: { readonly value: Json }) {
  const { t, format } = useI18n()
  const plain = (one: Json): string => {
    if (typeof one === 'number') return format.number(one)
    if (typeof one === 'boolean') return one ? t('editor.yes') : t('editor.no')
    return typeof one === 'string' ? one : JSON.stringify(one)
  }
  if (typeof value === 'string' && value.startsWith('http')) return <WebLink href={value} />
  return Array.isArray(value) ? (value as readonly Json[]).map(plain).join(', ') : plain(value)
}
