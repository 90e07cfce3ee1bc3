import { fill, ground, line, repeat, tint } from './draw.ts'
import type { Drawing } from './draw.ts'

/** Round vase with dried stems. */
export function vase(colour: string): Drawing {
  const stem = '#b08a58'
  return [
    ground(334, 104),
    line('M196 150 C192 100 170 70 150 36', stem, 4),
    line('M202 150 C204 100 212 70 214 26', stem, 4),
    line('M206 150 C218 104 240 84 262 52', stem, 4),
    [
      [150, 36, -30],
      [214, 28, 4],
      [262, 52, 36],
    ]
      .map(([x, y, turn]) =>
        repeat(
          5,
          (i) =>
            `<ellipse cx="${x}" cy="${(y ?? 0) + i * 11}" rx="${7 + i}" ry="8" fill="${i % 2 ? '#dcbd86' : '#e6cf9f'}" transform="rotate(${turn} ${x} ${(y ?? 0) + 30})"/>`,
        ),
      )
      .join(''),
    fill(
      'M168 132 H232 C234 160 298 184 298 254 C298 316 254 338 200 338 C146 338 102 316 102 254 C102 184 166 160 168 132Z',
      colour,
    ),
    `<ellipse cx="200" cy="133" rx="33" ry="8" fill="${tint(colour, -0.5)}"/>`,
    fill(
      'M104 238 C160 262 240 262 296 238 C300 252 298 268 294 280 C240 300 160 300 106 280 C102 268 101 252 104 238Z',
      tint(colour, 0.3),
    ),
    fill(
      'M160 180 C132 198 118 226 120 262 C124 292 140 310 158 320 C130 300 134 226 172 178Z',
      '#ffffff',
      'opacity=".2"',
    ),
    fill(
      'M240 174 C292 204 306 270 276 310 C260 328 236 336 210 338 C270 300 274 222 240 174Z',
      '#000000',
      'opacity=".08"',
    ),
  ].join('')
}

/** Stoneware mug with a dipped glaze. */
export function mug(colour: string, glaze: string): Drawing {
  return [
    ground(326, 112),
    line('M170 92 C158 74 182 64 170 44', '#ffffff', 6, 'opacity=".55"'),
    line('M206 92 C194 74 218 64 206 44', '#ffffff', 6, 'opacity=".55"'),
    line('M272 176 C344 166 344 274 264 272', tint(colour, -0.1), 22),
    fill('M98 128 H280 L272 300 C270 320 256 330 240 330 H138 C122 330 108 320 106 300Z', colour),
    fill('M98 128 H280 L275 222 C240 240 216 206 184 224 C156 240 130 212 103 226Z', glaze),
    `<ellipse cx="189" cy="128" rx="91" ry="17" fill="${tint(glaze, 0.2)}"/><ellipse cx="189" cy="130" rx="79" ry="12" fill="#4a2f22"/>`,
    fill(
      'M116 150 C122 152 130 154 136 154 L142 312 C130 308 124 302 122 292Z',
      '#ffffff',
      'opacity=".2"',
    ),
    repeat(
      14,
      (i) =>
        `<circle cx="${118 + ((i * 47) % 140)}" cy="${246 + ((i * 31) % 66)}" r="1.8" fill="${tint(colour, -0.35)}"/>`,
    ),
  ].join('')
}

/** Mushroom lamp, lit. */
export function lamp(colour: string): Drawing {
  return [
    ground(334, 90),
    `<ellipse cx="200" cy="226" rx="150" ry="92" fill="#ffdf9a" opacity=".35"/>`,
    fill('M178 196 H222 L230 318 H170Z', tint(colour, -0.1)),
    `<ellipse cx="200" cy="322" rx="66" ry="15" fill="${tint(colour, -0.2)}"/><ellipse cx="200" cy="316" rx="66" ry="14" fill="${colour}"/>`,
    `<ellipse cx="200" cy="198" rx="116" ry="18" fill="#fff0c4"/>`,
    fill('M84 196 C84 62 316 62 316 196 C290 212 110 212 84 196Z', colour),
    fill('M104 184 C108 120 144 98 180 92 C142 116 130 150 130 194Z', '#ffffff', 'opacity=".28"'),
    fill(
      'M84 196 C110 212 290 212 316 196 C312 204 300 208 288 210 C240 218 160 218 112 210 C98 208 88 204 84 196Z',
      '#ffe9b0',
    ),
    `<circle cx="200" cy="94" r="8" fill="#d4ac55"/>`,
    line('M258 318 C300 330 330 326 352 338', '#3a3632', 4),
  ].join('')
}

/** Candle in a glass. */
export function candle(glass: string, wax: string): Drawing {
  return [
    ground(328, 92),
    `<ellipse cx="200" cy="92" rx="66" ry="66" fill="#ffdf9a" opacity=".3"/>`,
    fill('M200 56 C224 88 220 118 200 122 C180 118 178 90 200 56Z', '#f6b545'),
    fill('M200 84 C212 102 210 116 200 119 C190 116 190 102 200 84Z', '#fff3cf'),
    line('M200 116 V150', '#4a3a30', 4),
    fill(
      'M120 132 H280 V306 C280 322 268 330 252 330 H148 C132 330 120 322 120 306Z',
      glass,
      'opacity=".55"',
    ),
    fill(
      'M126 164 C160 174 240 174 274 164 V302 C274 318 264 324 250 324 H150 C136 324 126 318 126 302Z',
      wax,
    ),
    `<ellipse cx="200" cy="164" rx="74" ry="11" fill="${tint(wax, 0.35)}"/>`,
    `<ellipse cx="200" cy="132" rx="80" ry="12" fill="none" stroke="${tint(glass, 0.3)}" stroke-width="5"/>`,
    `<rect x="152" y="210" width="96" height="70" rx="4" fill="#f7f1e5"/>`,
    line('M174 236 q9 -9 18 0 t18 0 t18 0', '#1f5c63', 4),
    line('M172 260 H228', '#8a7d6b', 3),
    fill('M134 180 h12 v130 c-8 -3 -12 -8 -12 -16z', '#ffffff', 'opacity=".35"'),
  ].join('')
}

/** Square cushion with woven stripes. */
export function cushion(colour: string, stripe: string): Drawing {
  const stripes = [118, 150, 234, 266]
  return [
    ground(330, 130),
    fill(
      'M74 84 C120 104 280 104 326 84 C312 140 312 270 332 326 C280 310 120 310 68 326 C88 270 88 140 74 84Z',
      colour,
    ),
    stripes
      .map((x, i) =>
        line(
          `M${x} ${97 + (i % 3 ? 3 : 0)} C${x + (x < 200 ? 6 : -6)} 160 ${x + (x < 200 ? 6 : -6)} 250 ${x - (x < 200 ? 3 : -3)} 314`,
          stripe,
          i % 3 ? 6 : 16,
        ),
      )
      .join(''),
    line(
      'M74 84 C120 104 280 104 326 84 C312 140 312 270 332 326 C280 310 120 310 68 326 C88 270 88 140 74 84Z',
      tint(colour, -0.18),
      4,
    ),
    fill(
      'M92 104 C130 116 176 116 200 114 C150 130 116 180 104 290 C100 230 102 150 92 104Z',
      '#ffffff',
      'opacity=".2"',
    ),
    fill(
      'M310 104 C302 170 304 250 318 314 C280 304 240 302 210 302 C270 280 300 210 310 104Z',
      '#000000',
      'opacity=".06"',
    ),
  ].join('')
}

const fold = (y: number, shade: string) =>
  fill(
    `M84 ${y} C60 ${y} 60 ${y + 62} 84 ${y + 62} H322 C330 ${y + 62} 332 ${y + 56} 332 ${y + 48} V${y + 14} C332 ${y + 4} 328 ${y} 320 ${y}Z`,
    shade,
  ) + line(`M84 ${y + 31} H330`, tint(shade, -0.22), 3)

/** Folded wool throws. */
export function blanket(colour: string, stripe: string): Drawing {
  return [
    ground(330, 140),
    fold(266, tint(colour, -0.14)),
    fold(202, colour),
    fold(138, tint(colour, 0.1)),
    [138, 202, 266]
      .map((y) => fill(`M246 ${y} h16 v62 h-16z`, stripe) + fill(`M272 ${y} h7 v62 h-7z`, stripe))
      .join(''),
    [138, 202, 266]
      .map((y) => repeat(10, (i) => line(`M332 ${y + 6 + i * 5.6} h14`, tint(colour, -0.2), 2.5)))
      .join(''),
    fill(
      'M84 138 H320 C328 138 331 142 332 150 H70 C72 142 76 138 84 138Z',
      '#ffffff',
      'opacity=".2"',
    ),
  ].join('')
}

/** Teapot with a cane handle. */
export function teapot(colour: string): Drawing {
  return [
    ground(330, 124),
    line('M126 176 C110 60 290 60 274 176', '#a87945', 11),
    line('M150 92 C176 76 224 76 250 92', '#8a5f33', 14),
    fill(
      'M284 210 C316 206 322 174 346 160 L362 168 C346 200 338 262 288 274Z',
      tint(colour, -0.14),
    ),
    `<ellipse cx="354" cy="163" rx="10" ry="6" fill="${tint(colour, -0.5)}" transform="rotate(24 354 163)"/>`,
    fill(
      'M200 168 C278 168 304 214 300 256 C296 306 262 332 200 332 C138 332 104 306 100 256 C96 214 122 168 200 168Z',
      colour,
    ),
    fill('M144 184 C150 160 250 160 256 184 C240 194 160 194 144 184Z', tint(colour, 0.14)),
    `<circle cx="200" cy="158" r="13" fill="${tint(colour, -0.14)}"/>`,
    line('M146 186 C166 196 234 196 254 186', tint(colour, -0.3), 3),
    fill(
      'M134 202 C114 226 112 262 128 288 C124 250 138 220 168 198 C154 196 142 198 134 202Z',
      '#ffffff',
      'opacity=".22"',
    ),
    fill('M282 212 C300 250 288 312 214 331 C262 300 284 262 282 212Z', '#000000', 'opacity=".08"'),
  ].join('')
}

const leaf = (x: number, y: number, turn: number, colour: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="9" ry="25" fill="${colour}" transform="rotate(${turn} ${x} ${y})"/>`

/** Olive tree in a terracotta pot. */
export function plant(pot: string): Drawing {
  const leaves: readonly (readonly [number, number, number])[] = [
    [128, 128, -50],
    [150, 96, -28],
    [176, 62, -12],
    [204, 48, 6],
    [232, 66, 22],
    [254, 98, 40],
    [274, 132, 58],
    [138, 164, -70],
    [164, 136, -44],
    [186, 102, -18],
    [216, 100, 20],
    [240, 138, 48],
    [262, 168, 74],
    [168, 176, -60],
    [232, 178, 62],
    [200, 84, 0],
  ]
  return [
    ground(336, 96),
    line('M200 236 C198 190 204 140 202 70', '#7a6046', 7),
    line('M200 190 C180 170 156 160 134 156', '#7a6046', 4),
    line('M201 176 C226 156 250 152 268 154', '#7a6046', 4),
    line('M201 140 C186 120 170 106 152 100', '#7a6046', 4),
    line('M202 132 C216 114 236 104 252 100', '#7a6046', 4),
    leaves
      .map(([x, y, turn], i) =>
        leaf(x, y, turn, ['#6f8f6a', '#5b7d5c', '#8aa67e'][i % 3] ?? '#6f8f6a'),
      )
      .join(''),
    fill('M120 232 H280 L262 322 C260 334 252 338 242 338 H158 C148 338 140 334 138 322Z', pot),
    fill(
      'M110 220 H290 C294 220 296 224 295 230 L292 246 C291 250 288 252 284 252 H116 C112 252 109 250 108 246 L105 230 C104 224 106 220 110 220Z',
      tint(pot, 0.1),
    ),
    fill('M132 252 h20 l10 80 c-10 -1 -16 -5 -18 -14z', '#ffffff', 'opacity=".18"'),
    fill('M116 252 H284 L282 262 H118Z', '#000000', 'opacity=".1"'),
  ].join('')
}
