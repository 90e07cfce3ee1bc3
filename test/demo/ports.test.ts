import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts, portsFrom, requireFree } from './ports.ts'

test('without variables the ports are those of the documentation', () => {
  expect(portsFrom({})).toEqual({ edge: 8787, dashboard: 8788, shop: 8789, inbox: 8790 })
})

test.each(['abc', '0', '65536', '80.5', '-1'])(
  'a port %s is refused by the name of its variable',
  (text) => {
    expect(() => portsFrom({ SHOP_PORT: text })).toThrow(`SHOP_PORT=${text} is not a port`)
  },
)

test('a taken port is named with its variable', async () => {
  const rival = createServer()
  await new Promise<void>((resolve) => rival.listen(0, '127.0.0.1', resolve))
  const { port } = rival.address() as AddressInfo
  try {
    const ports = { ...(await freePorts()), inbox: port }
    await expect(requireFree(ports)).rejects.toThrow(
      new RegExp(`Port ${port} \\(inbox\\) is taken.*INBOX_PORT=`),
    )
  } finally {
    rival.close()
  }
})

test('two parts on one port are both named', async () => {
  const ports = await freePorts()
  await expect(requireFree({ ...ports, shop: ports.edge })).rejects.toThrow(
    /PORT and SHOP_PORT are both/,
  )
})

test('free ports are free and different', async () => {
  const ports = await freePorts()
  await expect(requireFree(ports)).resolves.toBeUndefined()
  expect(new Set(Object.values(ports)).size).toBe(4)
})
