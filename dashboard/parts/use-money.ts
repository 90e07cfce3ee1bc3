import { useMemo } from 'react'
import { regionalTag } from './i18n.ts'
import { useI18n } from './use-i18n.ts'

/** Tells amounts of a currency in the viewer's language; to the unit from a thousand on. */
export function useMoney(currency: string): (amount: number) => string {
  const { language } = useI18n()
  return useMemo(() => {
    const formatOf = (digits: number) =>
      new Intl.NumberFormat(regionalTag(language), {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
    const [whole, exact] = [formatOf(0), formatOf(2)]
    return (amount) => (Math.abs(amount) >= 1_000 ? whole : exact).format(amount)
  }, [language, currency])
}
