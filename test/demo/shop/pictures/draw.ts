/** A drawing: SVG elements within a square of 400 units, standing on the ground at about y = 320. */
export type Drawing = string

/** `#rrggbb` towards white (amount > 0) or black (amount < 0), from −1 to 1. */
export function tint(colour: string, amount: number): string {
  const target = amount > 0 ? 255 : 0
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const mixed = channels.map((channel) =>
    Math.round(channel + (target - channel) * Math.abs(amount)),
  )
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** Something drawn again and again: `repeat(3, (i) => …)`. */
export function repeat(count: number, draw: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => draw(index)).join('')
}

/** A line: round ends, no filling. */
export function line(path: string, colour: string, width: number, extra = ''): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${extra}/>`
}

export function fill(path: string, colour: string, extra = ''): string {
  return `<path d="${path}" fill="${colour}" ${extra}/>`
}

/** The drawing and its mirror image, for what has a left and a right. */
export function mirrored(half: string): string {
  return `${half}<g transform="matrix(-1 0 0 1 400 0)">${half}</g>`
}

/** The soft shadow below a thing that stands. */
export function ground(y: number, reach: number): string {
  return (
    `<ellipse cx="200" cy="${y}" rx="${reach}" ry="13" fill="#1d2327" opacity=".10"/>` +
    `<ellipse cx="200" cy="${y - 2}" rx="${reach * 0.82}" ry="8" fill="#1d2327" opacity=".14"/>`
  )
}

/** A whole picture file. */
export function picture(drawing: Drawing, label: string): string {
  const title = label.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800"><title>${title}</title>${drawing}</svg>`
}
