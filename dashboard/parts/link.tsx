import {
  ActionIcon,
  Anchor,
  Button,
  NavLink,
  type ActionIconProps,
  type AnchorProps,
  type ButtonProps,
  type NavLinkProps,
} from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'

/** Mantine's looks on the router's typed links. */
type Native = Pick<
  AnchorHTMLAttributes<HTMLAnchorElement>,
  'href' | 'onClick' | 'onFocus' | 'onMouseEnter' | 'aria-label' | 'aria-current' | 'title'
> & { readonly ref?: Ref<HTMLAnchorElement>; readonly children?: ReactNode }

export const TextLink = createLink((props: AnchorProps & Native) => <Anchor {...props} />)
export const ButtonLink = createLink((props: ButtonProps & Native) => (
  <Button component="a" {...props} />
))
export const IconLink = createLink((props: ActionIconProps & Native) => (
  <ActionIcon component="a" {...props} />
))
export const RailLink = createLink((props: NavLinkProps & Native) => (
  <NavLink component="a" {...props} />
))

/** A link out of the dashboard, only if it is http(s): text that strangers sent never becomes another scheme. */
export function WebLink({ href }: { readonly href: string }) {
  if (!isWebAddress(href)) return <span className="breakable">{href}</span>
  return (
    <Anchor href={href} target="_blank" rel="noreferrer noopener" className="breakable" inherit>
      {href}
    </Anchor>
  )
}

function isWebAddress(text: string): boolean {
  try {
    const { protocol } = new URL(text)
    return protocol === 'http:' || protocol === 'https:'
  } catch {
    return false
  }
}
