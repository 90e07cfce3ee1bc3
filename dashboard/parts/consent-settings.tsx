import { Button, Card, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiConsentSettings } from '../../edge/protocol/api.ts'
import { parseDuration } from '../../edge/protocol/duration.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { api } from './api.ts'
import { standingErrors } from './problem.ts'
import { Failure, Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const KEY = ['settings', 'consent']
const FIELDS = ['grantLifetime', 'tcfVendor'] as const

/** How long a grant stands, and which vendor TC strings must name. */
export function ConsentSettings() {
  const settings = useQuery({ queryKey: KEY, queryFn: () => api.consent.get() })
  return <Loaded query={settings}>{(known) => <Form known={known} />}</Loaded>
}

function Form({ known }: { readonly known: ApiConsentSettings }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [days, setDays] = useState<number | string>(
    Math.round((parseDuration(known.grantLifetime) ?? 0) / DAY),
  )
  const [vendor, setVendor] = useState<number | string>(known.tcfVendor ?? '')
  const input = {
    grantLifetime: `P${days}D`,
    tcfVendor: vendor === '' ? null : Number(vendor),
  }
  const save = useMutation({
    mutationFn: api.consent.replace,
    onSuccess: (saved) => client.setQueryData(KEY, saved),
  })
  const { byField } = standingErrors(save, FIELDS, input)
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(input)
        }}
      >
        <Stack align="flex-start">
          <Text size="sm">{t('consentSettings.about')}</Text>
          <NumberInput
            label={t('consentSettings.lifetime')}
            description={t('consentSettings.lifetimeAbout')}
            required
            min={1}
            max={3_650}
            allowDecimal={false}
            value={days}
            onChange={setDays}
            error={byField['grantLifetime']}
          />
          <NumberInput
            label={t('consentSettings.vendor')}
            description={t('consentSettings.vendorAbout')}
            min={1}
            max={65_535}
            allowDecimal={false}
            value={vendor}
            onChange={setVendor}
            error={byField['tcfVendor']}
          />
          {save.isError && <Failure error={save.error} />}
          {save.isSuccess && (
            <Text size="sm" role="status">
              {t('consentSettings.saved')}
            </Text>
          )}
          <Button type="submit" loading={save.isPending}>
            {t('consentSettings.save')}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}
