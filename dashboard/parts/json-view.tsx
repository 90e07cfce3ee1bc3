import { Button, Code, Collapse } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronRight } from '@tabler/icons-react'
import { useId } from 'react'

/** JSON as text, opened on demand. Never markup, whatever it says. */
export function JsonView(props: { readonly label: string; readonly value: unknown }) {
  const [opened, { toggle }] = useDisclosure()
  const id = useId()
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        aria-expanded={opened}
        aria-controls={id}
        leftSection={
          <IconChevronRight size={14} style={{ transform: opened ? 'rotate(90deg)' : 'none' }} />
        }
        onClick={toggle}
      >
        {props.label}
      </Button>
      <Collapse expanded={opened} id={id}>
        {opened && (
          <Code
            block
            className="json-view"
            mt={4}
            tabIndex={0}
            role="region"
            aria-label={props.label}
          >
            {typeof props.value === 'string'
              ? pretty(props.value)
              : JSON.stringify(props.value, null, 2)}
          </Code>
        )}
      </Collapse>
    </div>
  )
}

/** Indented if it is whole JSON; a preview that was cut stays as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
