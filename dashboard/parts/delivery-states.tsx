import type { DeliveryState } from '../../edge/protocol/delivery.ts'
import { ShareBars } from './share-bars.tsx'
import { useI18n } from './use-i18n.ts'

export const DELIVERY_STATES = [
  'delivered',
  'pending',
  'parked',
  'refused',
] as const satisfies readonly DeliveryState[]
export const DELIVERY_COLORS: { readonly [S in DeliveryState]: string } = {
  delivered: 'teal',
  pending: 'iris',
  parked: 'orange',
  refused: 'red',
}

/** Deliveries by state. */
export function DeliveryStates(props: {
  readonly counts: { readonly [S in DeliveryState]: number }
}) {
  const { t } = useI18n()
  return (
    <ShareBars
      empty={t('deliveries.noneYet')}
      parts={DELIVERY_STATES.map((state) => ({
        label: t(`deliveryState.${state}`),
        color: `${DELIVERY_COLORS[state]}.6`,
        value: props.counts[state],
      }))}
    />
  )
}
