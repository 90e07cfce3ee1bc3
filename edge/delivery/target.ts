import ipaddr from 'ipaddr.js'
import type { Result } from '../protocol/problem.ts'

export interface TargetOptions {
  /** Local development: destinations may point at this machine, and still nowhere else that is private. */
  readonly allowLoopback: boolean
}

const MAX_LENGTH = 2_048

/**
 * Names that only a private network answers: RFC 6761 and 6762 special names, RFC 8375, ICANN's `internal`, and the
 * endings routers and clusters use although nobody gave them.
 */
const PRIVATE_ENDINGS = [
  'local',
  'localdomain',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'home.arpa',
  'lan',
  'svc',
  'onion',
  'invalid',
  'arpa',
]

/** Public in form, yet answered by the cloud host of the machine that asks (Azure's platform address). */
const PLATFORM_ADDRESSES = ['168.63.129.16']

/** Ports below 1024 belong to other protocols (mail, shells, directories): only these two carry HTTP. */
const WELL_KNOWN_HTTP_PORTS = ['', '80', '443']

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Global unicast: outside of it, IPv6 has only special, private and translated addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

const refuse = (reason: string): Result<never> => ({ ok: false, errors: [{ path: 'url', reason }] })

/**
 * Whether Prisme may send to this address: checked when a destination is saved *and* each time something is sent to
 * it. Looks at the host as the URL parser understood it, never at the text, because `0x7f.1`, `２１３０７０６４３３` and
 * `[::ffff:7f00:1]` are all this machine.
 *
 * @returns the parsed URL, or a reason that a person understands, at path `url`.
 */
export function checkTarget(text: string, options: TargetOptions): Result<URL> {
  if (text.length > MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`)
  if (!URL.canParse(text))
    return refuse('is not a complete address such as https://example.com/hook')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('must begin with https:// or http://')
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('must not hold a user name or password: the signature proves the sender')
  }
  const host = classify(url.hostname)
  if (host === 'loopback') {
    return options.allowLoopback
      ? { ok: true, value: url }
      : refuse('points at the machine that sends: a destination must be on the public internet')
  }
  if (host !== 'public') return refuse(host)
  if (!WELL_KNOWN_HTTP_PORTS.includes(url.port) && Number(url.port) < 1024) {
    return refuse(`port ${url.port} belongs to another protocol: use 80, 443 or one above 1023`)
  }
  return { ok: true, value: url }
}

/** `public`, `loopback`, or the reason against the host. */
function classify(hostname: string): string {
  if (hostname.startsWith('[')) return classifyIpv6(ipaddr.IPv6.parse(hostname.slice(1, -1)))
  if (ipaddr.IPv4.isValidFourPartDecimal(hostname)) return classifyIpv4(ipaddr.IPv4.parse(hostname))
  return classifyName(hostname)
}

function classifyIpv4(address: ipaddr.IPv4): string {
  const range = address.range()
  if (range === 'loopback') return 'loopback'
  if (PLATFORM_ADDRESSES.includes(address.toString())) {
    return `${address.toString()} is a cloud platform's own address`
  }
  return range === 'unicast' ? 'public' : notPublic(address.toString())
}

function classifyIpv6(address: ipaddr.IPv6): string {
  const range = address.range()
  if (range === 'loopback') return 'loopback'
  // Mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96), 6to4 and Teredo forms carry an IPv4 address
  // past an IPv6 check: refused whatever they carry.
  return range === 'unicast' && address.match(GLOBAL_UNICAST)
    ? 'public'
    : notPublic(address.toString())
}

function classifyName(hostname: string): string {
  // One dot at the end means "from the root" and changes nothing else.
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
  const labels = name.split('.')
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback'
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) {
    return 'the host is not a name of the public internet'
  }
  if (labels.length < 2) {
    return `“${name}” is a name of a private network: use the full name, such as ${name}.example.com`
  }
  const ending = PRIVATE_ENDINGS.find((ending) => name === ending || name.endsWith(`.${ending}`))
  return ending === undefined ? 'public' : `names that end in .${ending} are of a private network`
}

const notPublic = (address: string): string => `${address} is not an address of the public internet`
