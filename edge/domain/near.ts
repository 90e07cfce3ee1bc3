import type { Near } from '../protocol/condition.ts'
import type { Accepts } from './operator.ts'

/** Mean radius of the earth (IUGG). */
const RADIUS_KM = 6_371.0088

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Length of the shortest way between two places over the surface of the earth, by the haversine formula. */
export function distanceKm(
  a: { readonly lat: number; readonly lon: number },
  b: { readonly lat: number; readonly lon: number },
): number {
  const [from, to] = [radians(a.lat), radians(b.lat)]
  const part =
    Math.sin((to - from) / 2) ** 2 +
    Math.cos(from) * Math.cos(to) * Math.sin(radians(b.lon - a.lon) / 2) ** 2
  return 2 * RADIUS_KM * Math.asin(Math.min(Math.sqrt(part), 1))
}

/** Whether one of the places (`latitude,longitude`) is near another. */
export function compileNear(near: Near): Accepts {
  const isNear = (text: unknown): boolean => {
    if (typeof text !== 'string') return false
    const [lat = Number.NaN, lon = Number.NaN] = text.split(',').map(Number)
    return distanceKm({ lat, lon }, near) <= near.km
  }
  return (actual) => (Array.isArray(actual) ? actual.some(isNear) : isNear(actual))
}
