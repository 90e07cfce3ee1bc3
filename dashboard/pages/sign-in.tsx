import {
  Button,
  Card,
  Center,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../parts/api.ts'
import { Logo } from '../parts/logo.tsx'
import { Preferences } from '../parts/preferences.tsx'
import { fieldErrors, problemOf } from '../parts/problem.ts'
import { Failure } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Sign-in; on a new deployment, the making of its owner with the set-up token. */
export default function SignIn() {
  const { t } = useI18n()
  useDocumentTitle(`${t('signIn.title')} · Prisme`)
  // Where set-up does not exist (any more), it is as closed.
  const setup = useQuery({ queryKey: ['setup'], queryFn: api.setup, retry: false })
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Group gap="sm" justify="center">
          <Logo size={40} />
          <Text fw={700} fz={28} style={{ letterSpacing: '-0.02em' }}>
            Prisme
          </Text>
        </Group>
        <Card padding={0} shadow="sm">
          <div className="prism-line" />
          <Stack gap="md" p="xl">
            {setup.data?.open ? <SetupForm /> : <SignInForm />}
          </Stack>
        </Card>
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {t('signIn.tagline')}
          </Text>
          <Preferences />
        </Group>
      </Stack>
    </Center>
  )
}

function SignInForm() {
  const { t } = useI18n()
  const client = useQueryClient()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const signIn = useMutation({
    mutationFn: () => api.signIn(form.values.email.trim(), form.values.password),
    onSuccess: () => client.invalidateQueries(),
  })
  const status = signIn.isError ? problemOf(signIn.error).status : null
  return (
    <form onSubmit={form.onSubmit(() => signIn.mutate())}>
      <Stack gap="md">
        <div>
          <Title order={1}>{t('signIn.title')}</Title>
          <Text c="dimmed" size="sm" mt={4}>
            {t('signIn.about')}
          </Text>
        </div>
        <TextInput
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          required
          data-autofocus
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          {...form.getInputProps('password')}
        />
        {status === 401 || status === 400 ? (
          <Text role="alert" c="var(--mantine-color-error)" size="sm">
            {t('signIn.wrong')}
          </Text>
        ) : (
          signIn.isError && <Failure error={signIn.error} />
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  )
}

function SetupForm() {
  const { t } = useI18n()
  const client = useQueryClient()
  const form = useForm({ initialValues: { token: '', workspace: '', email: '', password: '' } })
  const setup = useMutation({
    mutationFn: async () => {
      const { token, workspace, email, password } = form.values
      await api.runSetup({ token: token.trim(), workspace, email: email.trim(), password })
      await api.signIn(email.trim(), password)
    },
    onError: (error) =>
      form.setErrors(fieldErrors(error, ['token', 'workspace', 'email', 'password']).byField),
    onSuccess: () => client.invalidateQueries(),
  })
  return (
    <form onSubmit={form.onSubmit(() => setup.mutate())}>
      <Stack gap="md">
        <div>
          <Title order={1}>{t('setup.title')}</Title>
          <Text c="dimmed" size="sm" mt={4}>
            {t('setup.about')}
          </Text>
        </div>
        <PasswordInput
          label={t('setup.token')}
          description={t('setup.tokenAbout')}
          autoComplete="off"
          required
          {...form.getInputProps('token')}
        />
        <TextInput label={t('setup.workspace')} required {...form.getInputProps('workspace')} />
        <TextInput
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('signIn.password')}
          description={t('setup.passwordAbout')}
          autoComplete="new-password"
          minLength={8}
          required
          {...form.getInputProps('password')}
        />
        {setup.isError && <Failure error={setup.error} />}
        <Button type="submit" loading={setup.isPending} fullWidth>
          {t('setup.submit')}
        </Button>
      </Stack>
    </form>
  )
}
