import { fill, ground, line, repeat, tint } from './draw.ts'
import type { Drawing } from './draw.ts'

/** Ribbed wool hat. */
export function beanie(colour: string): Drawing {
  return [
    ground(306, 120),
    fill('M100 254 C92 110 308 110 300 254Z', colour),
    repeat(9, (i) =>
      line(
        `M${116 + i * 21} 250 C${126 + i * 18.5} 200 ${160 + i * 10} 160 ${186 + i * 3.5} 150`,
        tint(colour, -0.16),
        4,
      ),
    ),
    fill('M110 236 C110 170 140 148 176 148 C146 164 134 190 132 240Z', '#ffffff', 'opacity=".14"'),
    `<rect x="86" y="234" width="228" height="72" rx="22" fill="${tint(colour, -0.08)}"/>`,
    repeat(14, (i) => line(`M${104 + i * 14.8} 244 v52`, tint(colour, -0.25), 4)),
    `<rect x="222" y="254" width="46" height="32" rx="3" fill="#f2ebdd"/>`,
    line('M231 270 q7 -7 14 0 t14 0', '#1f5c63', 3),
  ].join('')
}

/** Long striped scarf, knotted. */
export function scarf(colour: string, stripe: string): Drawing {
  const fringe = (x: number, y: number, slope: number) =>
    repeat(7, (i) => line(`M${x + i * 9} ${y + i * slope} v16`, tint(colour, -0.12), 3))
  return [
    ground(350, 90),
    fill(
      'M110 110 C120 54 280 54 290 110 C296 160 262 190 200 196 C138 190 104 160 110 110Z',
      tint(colour, -0.18),
    ),
    fill(
      'M146 112 C154 84 246 84 254 112 C256 138 238 152 200 156 C162 152 144 138 146 112Z',
      '#1d2327',
      'opacity=".18"',
    ),
    fill('M214 176 L262 156 L302 312 L240 330Z', tint(colour, -0.1)),
    fill('M236 248 L281 232 L287 254 L242 272Z', stripe),
    fill('M243 284 L291 268 L294 282 L246 298Z', stripe),
    fringe(242, 328, -2.8),
    fill(
      'M112 122 C120 168 170 188 226 176 C262 168 284 146 288 118 C304 158 284 200 226 210 C160 220 104 184 112 122Z',
      colour,
    ),
    fill('M164 184 C180 176 214 176 226 190 L206 340 H142Z', colour),
    fill('M156 252 H218 L214 278 H152Z', stripe),
    fill('M150 290 H212 L210 306 H148Z', stripe),
    fringe(146, 338, 0),
    fill('M160 178 C182 166 216 170 232 184 C226 204 176 208 158 196Z', tint(colour, 0.12)),
  ].join('')
}

/** Round sunglasses. */
export function sunglasses(frame: string, lens: string): Drawing {
  const eye = (x: number) =>
    `<circle cx="${x}" cy="214" r="62" fill="${lens}"/>` +
    fill(
      `M${x - 44} 236 L${x + 24} 164 L${x + 46} 182 L${x - 22} 254Z`,
      '#ffffff',
      'opacity=".16"',
    ) +
    `<circle cx="${x}" cy="214" r="62" fill="none" stroke="${frame}" stroke-width="13"/>`
  return [
    ground(300, 150),
    line('M58 194 C60 168 78 150 104 142', tint(frame, -0.3), 9),
    line('M342 194 C340 168 322 150 296 142', tint(frame, -0.3), 9),
    eye(124),
    eye(276),
    line('M180 194 C188 178 212 178 220 194', frame, 12),
    line('M62 196 L44 188', frame, 13),
    line('M338 196 L356 188', frame, 13),
    line('M80 176 C96 158 128 154 152 164', tint(frame, 0.4), 3),
    line('M232 176 C248 158 280 154 304 164', tint(frame, 0.4), 3),
  ].join('')
}

/** Sailor's cap with a small peak. */
export function cap(colour: string): Drawing {
  return [
    ground(296, 140),
    fill('M86 226 C74 122 300 104 316 226 C296 214 118 214 86 226Z', colour),
    line('M196 138 C180 166 174 196 174 216', tint(colour, -0.2), 3),
    line('M206 138 C244 156 264 186 270 216', tint(colour, -0.2), 3),
    `<ellipse cx="200" cy="138" rx="12" ry="6" fill="${tint(colour, -0.2)}"/>`,
    fill('M84 222 C130 206 280 204 318 222 L320 258 C280 244 128 244 82 262Z', tint(colour, -0.25)),
    line('M96 246 C150 230 260 230 308 244', '#d4ac55', 5),
    `<circle cx="98" cy="246" r="7" fill="#d4ac55"/><circle cx="307" cy="244" r="7" fill="#d4ac55"/>`,
    fill(
      'M170 246 C240 240 300 246 324 256 C366 268 372 292 356 298 C300 296 220 282 164 292 C152 282 154 258 170 246Z',
      tint(colour, -0.4),
    ),
    fill('M190 256 C250 250 304 258 338 272 C300 266 240 262 186 268Z', '#ffffff', 'opacity=".14"'),
    fill('M108 206 C112 164 150 140 186 136 C150 156 136 180 132 208Z', '#ffffff', 'opacity=".14"'),
  ].join('')
}

/** Open umbrella in two colours. */
export function umbrella(colour: string, other: string): Drawing {
  return [
    ground(346, 70),
    line('M200 96 V314 C200 346 244 346 244 316', '#8a5f3a', 9),
    line('M200 70 V96', '#8a5f3a', 6),
    fill(
      'M46 224 C54 62 346 62 354 224 C332 202 300 202 278 224 C256 202 222 202 200 224 C178 202 144 202 122 224 C100 202 68 202 46 224Z',
      colour,
    ),
    fill(
      'M122 224 C122 150 160 104 200 100 C240 104 278 150 278 224 C256 202 222 202 200 224 C178 202 144 202 122 224Z',
      other,
    ),
    line('M200 100 V222', tint(other, -0.2), 3),
    line('M200 100 C160 104 122 150 122 222', tint(colour, -0.25), 3),
    line('M200 100 C240 104 278 150 278 222', tint(colour, -0.25), 3),
    fill(
      'M70 196 C84 142 120 114 160 108 C122 132 100 164 96 206 C86 202 78 200 70 196Z',
      '#ffffff',
      'opacity=".16"',
    ),
  ].join('')
}

/** Watch with a leather strap. */
export function watch(strap: string, dial: string): Drawing {
  return [
    ground(352, 60),
    fill('M160 150 L168 40 H232 L240 150Z', strap),
    fill('M160 250 L168 348 C172 356 228 356 232 348 L240 250Z', strap),
    line('M176 52 L170 146', tint(strap, -0.35), 2, 'stroke-dasharray="6 5"'),
    line('M224 52 L230 146', tint(strap, -0.35), 2, 'stroke-dasharray="6 5"'),
    repeat(3, (i) => `<circle cx="200" cy="${296 + i * 17}" r="3.5" fill="${tint(strap, -0.5)}"/>`),
    `<circle cx="200" cy="200" r="82" fill="#c8cdd0"/><circle cx="200" cy="200" r="82" fill="none" stroke="#8b949a" stroke-width="3"/>`,
    `<rect x="280" y="190" width="16" height="20" rx="4" fill="#9aa3a8"/>`,
    `<circle cx="200" cy="200" r="68" fill="${dial}"/>`,
    repeat(
      12,
      (i) =>
        `<rect x="198" y="${i % 3 === 0 ? 138 : 140}" width="4" height="${i % 3 === 0 ? 16 : 9}" rx="2" fill="#f5efe2" transform="rotate(${i * 30} 200 200)"/>`,
    ),
    line('M200 200 L166 172', '#f5efe2', 6),
    line('M200 200 L236 158', '#f5efe2', 4),
    line('M200 214 L200 150', '#d9694f', 2.5),
    `<circle cx="200" cy="200" r="5" fill="#f5efe2"/>`,
    fill(
      'M148 158 C166 138 196 130 222 136 C186 146 162 166 150 196 C142 186 140 172 148 158Z',
      '#ffffff',
      'opacity=".14"',
    ),
  ].join('')
}
