import { fill, ground, line, repeat, tint } from './draw.ts'
import type { Drawing } from './draw.ts'

const BRASS = '#d4ac55'

/** Canvas tote with leather handles. */
export function tote(colour: string, leather: string): Drawing {
  return [
    ground(334, 130),
    line('M146 158 C146 64 254 64 254 158', tint(leather, -0.35), 12),
    fill('M92 146 H308 L324 318 C325 330 318 336 308 336 H92 C82 336 75 330 76 318Z', colour),
    fill(
      'M280 146 H308 L324 318 C325 330 318 336 308 336 H268 C282 280 284 210 280 146Z',
      '#000000',
      'opacity=".07"',
    ),
    fill('M90 146 H310 L312 168 H88Z', tint(colour, -0.1)),
    line('M89 174 H311', tint(colour, -0.25), 2, 'stroke-dasharray="6 5"'),
    line('M138 196 C134 80 266 80 262 196', leather, 13),
    `<circle cx="138" cy="192" r="4" fill="${BRASS}"/><circle cx="262" cy="192" r="4" fill="${BRASS}"/>`,
    fill('M78 296 L322 296 L324 318 C325 330 318 336 308 336 H92 C82 336 75 330 76 318Z', leather),
    line('M170 240 C180 230 190 230 200 240 S220 250 230 240', leather, 5),
    line('M170 256 C180 246 190 246 200 256 S220 266 230 256', leather, 5),
  ].join('')
}

/** Soft leather closed by a cord. */
export function bucket(colour: string): Drawing {
  const dark = tint(colour, -0.3)
  return [
    ground(336, 112),
    line('M118 160 C60 40 340 40 282 160', dark, 12),
    `<ellipse cx="200" cy="146" rx="92" ry="20" fill="${tint(colour, -0.5)}"/>`,
    fill(
      'M108 146 C130 162 270 162 292 146 C300 200 306 252 302 300 C298 346 102 346 98 300 C94 252 100 200 108 146Z',
      colour,
    ),
    repeat(7, (i) =>
      line(
        `M${124 + i * 25} ${160 + (i % 2) * 3} C${122 + i * 25.5} 186 ${126 + i * 25} 204 ${122 + i * 26} 228`,
        tint(colour, -0.15),
        3,
      ),
    ),
    fill('M99 278 C130 296 270 296 301 278 L302 300 C298 346 102 346 98 300Z', dark),
    line('M106 182 C140 196 260 196 294 182', tint(colour, -0.5), 5),
    line('M186 192 C176 216 182 236 172 258', tint(colour, -0.5), 5),
    line('M212 192 C224 214 216 232 226 252', tint(colour, -0.5), 5),
    `<circle cx="172" cy="262" r="9" fill="${BRASS}"/><circle cx="226" cy="256" r="9" fill="${BRASS}"/>`,
    fill(
      'M116 176 C112 214 112 250 118 282 C108 280 102 276 100 272 C98 236 104 200 110 172Z',
      '#ffffff',
      'opacity=".16"',
    ),
  ].join('')
}

/** Rucksack with a flap and two straps. */
export function backpack(colour: string, leather: string): Drawing {
  const dark = tint(colour, -0.2)
  return [
    ground(340, 112),
    line('M176 92 C176 58 224 58 224 92', leather, 10),
    fill('M96 208 C78 214 76 230 78 300 C80 318 92 322 104 320Z', dark),
    fill('M304 208 C322 214 324 230 322 300 C320 318 308 322 296 320Z', dark),
    fill(
      'M106 140 C106 76 294 76 294 140 V312 C294 332 284 342 264 342 H136 C116 342 106 332 106 312Z',
      colour,
    ),
    fill(
      'M134 236 H266 C274 236 278 240 278 248 V308 C278 318 272 324 262 324 H138 C128 324 122 318 122 308 V248 C122 240 126 236 134 236Z',
      dark,
    ),
    line('M124 252 H276', tint(colour, -0.4), 3, 'stroke-dasharray="6 4"'),
    fill(
      'M100 136 C100 70 300 70 300 136 V200 C300 216 290 222 276 222 H124 C110 222 100 216 100 200Z',
      tint(colour, 0.08),
    ),
    line('M112 208 C150 214 250 214 288 208', tint(colour, -0.3), 2, 'stroke-dasharray="6 4"'),
    ...[146, 236].flatMap((x) => [
      fill(`M${x} 150 h18 v116 l-9 10 l-9 -10z`, leather),
      `<rect x="${x - 4}" y="226" width="26" height="20" rx="4" fill="none" stroke="${BRASS}" stroke-width="5"/>`,
    ]),
    fill(
      'M112 128 C116 96 150 84 200 84 C150 92 126 110 122 200 C114 198 110 190 110 180Z',
      '#ffffff',
      'opacity=".16"',
    ),
  ].join('')
}

/** Small saddle bag with a long strap. */
export function crossbody(colour: string): Drawing {
  const dark = tint(colour, -0.28)
  return [
    ground(322, 118),
    line('M100 190 C40 30 360 30 300 190', dark, 9),
    fill('M92 184 H308 V250 C308 346 92 346 92 250Z', dark),
    fill('M86 176 C90 168 310 168 314 176 V214 C314 298 86 298 86 214Z', colour),
    line(
      'M96 190 V214 C96 286 304 286 304 214 V190',
      tint(colour, -0.35),
      2,
      'stroke-dasharray="6 5"',
    ),
    fill('M180 232 h40 v46 c0 12 -40 12 -40 0z', dark),
    `<rect x="184" y="256" width="32" height="22" rx="6" fill="${BRASS}"/><circle cx="200" cy="267" r="4" fill="${tint(BRASS, -0.4)}"/>`,
    `<circle cx="99" cy="184" r="9" fill="none" stroke="${BRASS}" stroke-width="5"/><circle cx="301" cy="184" r="9" fill="none" stroke="${BRASS}" stroke-width="5"/>`,
    fill(
      'M100 182 C160 176 240 176 300 182 C240 190 150 192 112 232 C104 222 100 206 100 182Z',
      '#ffffff',
      'opacity=".16"',
    ),
  ].join('')
}

/** Travel bag for two days. */
export function weekender(colour: string, leather: string): Drawing {
  return [
    ground(332, 150),
    line('M140 190 C140 84 260 84 260 190', tint(leather, -0.35), 11),
    fill(
      'M70 192 C72 160 328 160 330 192 L344 306 C345 324 336 334 318 334 H82 C64 334 55 324 56 306Z',
      colour,
    ),
    line('M76 186 C120 168 280 168 324 186', tint(colour, -0.45), 5),
    `<rect x="288" y="176" width="18" height="9" rx="4" fill="${BRASS}"/>`,
    fill('M61 268 H339 L344 306 C345 324 336 334 318 334 H82 C64 334 55 324 56 306Z', leather),
    line('M62 262 H338', tint(leather, 0.3), 2, 'stroke-dasharray="6 5"'),
    ...[126, 258].map((x) => fill(`M${x} 196 h16 v138 h-16z`, leather)),
    line('M134 204 C130 92 270 92 266 204', leather, 12),
    fill('M176 112 h48 v18 h-48z', tint(leather, -0.3)),
    fill('M292 206 l22 0 l4 38 l-24 0z', leather),
    `<rect x="296" y="212" width="14" height="20" rx="2" fill="${tint(colour, 0.4)}"/>`,
  ].join('')
}

/** Woven palm basket. */
export function basket(straw: string, leather: string): Drawing {
  const dark = tint(straw, -0.2)
  return [
    ground(336, 124),
    line('M140 196 C136 72 264 72 260 196', tint(leather, -0.3), 11),
    `<ellipse cx="200" cy="180" rx="126" ry="18" fill="${tint(straw, -0.45)}"/>`,
    fill(
      'M74 180 C100 202 300 202 326 180 C322 232 312 280 300 318 C296 334 286 338 276 338 H124 C114 338 104 334 100 318 C88 280 78 232 74 180Z',
      straw,
    ),
    repeat(8, (row) =>
      repeat(11 - Math.floor(row / 3), (i) => {
        const width = 226 - row * 6
        const step = width / (11 - Math.floor(row / 3))
        const x = 200 - width / 2 + i * step + ((row % 2) * step) / 2
        return line(
          `M${x.toFixed(1)} ${206 + row * 16} q${(step / 2).toFixed(1)} 11 ${step.toFixed(1)} 0`,
          i % 2 === row % 2 ? dark : tint(straw, -0.1),
          4,
        )
      }),
    ),
    line('M76 184 C104 206 296 206 324 184', dark, 9),
    line('M132 236 C126 90 274 90 268 236', leather, 12),
    fill('M122 206 h20 v38 c0 10 -20 10 -20 0z', leather),
    fill('M258 206 h20 v38 c0 10 -20 10 -20 0z', leather),
  ].join('')
}
