import { fill, line, mirrored, repeat, tint } from './draw.ts'
import type { Drawing } from './draw.ts'

const HANGER =
  line('M200 66 v-12 c0 -9 16 -8 16 -20 c0 -16 -26 -16 -27 -2', '#8b7a64', 5) +
  line('M118 92 C150 70 250 70 282 92', '#b08d5f', 9)

function buttons(xs: readonly number[], ys: readonly number[], colour: string): string {
  return xs
    .flatMap((x) =>
      ys.map(
        (y) =>
          `<circle cx="${x}" cy="${y}" r="6" fill="${colour}"/><circle cx="${x - 1.5}" cy="${y - 1.5}" r="2" fill="#fff" opacity=".5"/>`,
      ),
    )
    .join('')
}

/** Torso to the hem's y, and sleeves. `flare`: how much wider the hem is than the shoulders. */
function body(colour: string, hem: number, flare: number): string {
  const left = 112 - flare
  return [
    mirrored(
      fill(
        'M128 88 C102 96 92 112 87 136 L62 276 C62 284 70 288 80 290 C90 292 99 290 101 284 L130 168Z',
        tint(colour, -0.12),
      ) + line('M67 262 C76 268 92 271 104 268', tint(colour, -0.3), 3),
    ),
    fill(
      `M150 82 C136 86 126 90 118 96 L${left} ${hem} C150 ${hem + 10} 250 ${hem + 10} ${400 - left} ${hem} L282 96 C274 90 264 86 250 82 L200 104Z`,
      colour,
    ),
    fill(
      `M118 96 L${left} ${hem} C${left + 14} ${hem + 4} ${left + 24} ${hem + 5} ${left + 34} ${hem + 6} C140 240 138 160 132 120Z`,
      '#000000',
      'opacity=".06"',
    ),
  ].join('')
}

/** Belted, double-breasted raincoat. */
export function trench(colour: string): Drawing {
  const dark = tint(colour, -0.22)
  return [
    HANGER,
    body(colour, 346, 14),
    fill('M168 84 L200 74 L232 84 L200 130Z', tint(colour, -0.55)),
    mirrored(
      fill('M150 80 C160 74 170 74 176 80 L200 132 L174 172 L140 128Z', tint(colour, 0.1)) +
        line('M174 172 L140 128 L150 80', dark, 2.5),
    ),
    mirrored(line('M118 98 L142 102', dark, 6)),
    line('M200 132 C206 200 206 290 204 352', dark, 3),
    fill(
      'M238 130 C262 132 276 140 282 150 L284 180 C262 172 246 164 226 168Z',
      tint(colour, 0.06),
    ),
    buttons([180, 226], [186, 262, 300], tint(colour, -0.6)),
    fill('M107 214 C150 222 250 222 293 214 L294 234 C250 242 150 242 106 234Z', dark),
    `<rect x="186" y="212" width="34" height="32" rx="5" fill="none" stroke="${tint(colour, -0.6)}" stroke-width="6"/>`,
    fill('M222 238 L248 300 L262 294 L240 236Z', dark),
    mirrored(line('M128 262 L150 300', dark, 5)),
  ].join('')
}

/** Short navy coat with wide lapels. */
export function peacoat(colour: string): Drawing {
  const light = tint(colour, 0.16)
  return [
    HANGER,
    body(colour, 302, 6),
    fill('M168 84 L200 74 L232 84 L200 140Z', '#e8dfce'),
    repeat(4, (i) => line(`M${178 + i * 4} ${90 + i * 9} h${44 - i * 8}`, '#2f4a6d', 4)),
    mirrored(
      fill('M148 80 C160 70 172 72 178 78 L202 146 L176 206 L126 142 L150 128Z', light) +
        line('M176 206 L126 142 L150 128 L146 82', tint(colour, 0.35), 2),
    ),
    line('M204 150 C210 200 210 260 208 308', tint(colour, 0.3), 3),
    buttons([172, 234], [222, 256, 288], '#c79d4f'),
    buttons([250], [186], '#c79d4f'),
    mirrored(line('M132 232 L140 276', light, 6)),
  ].join('')
}

/** Hooded fisherman's raincoat. */
export function raincoat(colour: string): Drawing {
  const dark = tint(colour, -0.18)
  return [
    line('M200 40 v-6 c0 -8 14 -8 14 -16', '#8b7a64', 5),
    fill('M138 104 C126 44 160 30 200 30 C240 30 274 44 262 104 C240 124 160 124 138 104Z', dark),
    body(colour, 338, 26),
    fill(
      'M154 100 C146 60 168 46 200 46 C232 46 254 60 246 100 C232 124 216 140 200 146 C184 140 168 124 154 100Z',
      tint(colour, -0.55),
    ),
    line(
      'M154 100 C146 60 168 46 200 46 C232 46 254 60 246 100 C232 124 216 140 200 146 C184 140 168 124 154 100Z',
      tint(colour, 0.3),
      7,
    ),
    line('M176 132 C170 156 172 170 168 186', '#f6f1e6', 5),
    line('M224 132 C230 156 228 170 232 186', '#f6f1e6', 5),
    fill('M188 142 H212 L214 345 C206 346 194 346 186 345Z', dark),
    buttons([200], [170, 208, 246, 284, 322], '#f6f1e6'),
    mirrored(
      fill('M112 244 h58 v14 h-60z', dark) +
        fill('M110 258 h60 v44 c0 8 -4 10 -10 10 h-44 c-7 0 -9 -4 -9 -10z', tint(colour, -0.08)),
    ),
  ].join('')
}

/** Quilted down jacket. */
export function puffer(colour: string): Drawing {
  const seam = tint(colour, -0.3)
  const rows = [118, 152, 188, 224, 260, 294]
  return [
    HANGER,
    mirrored(
      fill(
        'M130 88 C96 92 82 118 76 146 C66 160 70 172 68 186 C58 202 62 214 60 228 C52 244 56 258 58 272 C62 286 94 290 100 278 C106 262 104 250 110 236 C118 222 114 210 120 196 L136 150Z',
        tint(colour, -0.1),
      ) +
        line('M76 148 C92 158 112 160 128 154', seam, 3) +
        line('M68 188 C84 198 104 200 118 196', seam, 3) +
        line('M60 230 C76 240 96 242 110 238', seam, 3) +
        line('M56 268 C70 278 90 280 102 274', seam, 6),
    ),
    fill(
      'M146 84 C126 88 116 98 116 112 C108 124 110 140 114 152 C106 164 106 178 112 188 C104 200 104 214 110 224 C102 236 102 250 108 260 C102 274 104 290 112 304 C150 314 250 314 288 304 C296 290 298 274 292 260 C298 250 298 236 290 224 C296 214 296 200 288 188 C294 178 294 164 286 152 C290 140 292 124 284 112 C284 98 274 88 254 84Z',
      colour,
    ),
    rows.map((y) => line(`M112 ${y} C150 ${y + 11} 250 ${y + 11} 288 ${y}`, seam, 3)).join(''),
    rows
      .map((y) =>
        line(
          `M124 ${y - 14} C136 ${y - 9} 148 ${y - 8} 160 ${y - 7}`,
          '#ffffff',
          6,
          'opacity=".2"',
        ),
      )
      .join(''),
    fill(
      'M150 92 C146 62 254 62 250 92 C252 106 244 114 200 114 C156 114 148 106 150 92Z',
      tint(colour, -0.12),
    ),
    line('M152 88 C168 98 232 98 248 88', seam, 3),
    line('M200 70 V311', tint(colour, -0.5), 5),
    `<rect x="196" y="116" width="8" height="18" rx="3" fill="#e5dccb"/>`,
  ].join('')
}

/** Long single-breasted wool coat. */
export function overcoat(colour: string): Drawing {
  const dark = tint(colour, -0.25)
  return [
    HANGER,
    body(colour, 360, 10),
    fill('M166 84 L200 74 L234 84 L202 190Z', tint(colour, -0.6)),
    fill('M176 82 L200 76 L224 82 L202 160Z', '#ded3c0'),
    mirrored(
      fill(
        'M148 80 C158 72 170 74 176 80 L202 196 L160 152 L164 138 L138 126Z',
        tint(colour, 0.12),
      ) + line('M202 196 L160 152 L164 138 L138 126 L148 82', dark, 2.5),
    ),
    line('M202 196 C206 250 206 310 204 366', dark, 3),
    buttons([212], [214, 250, 286], tint(colour, -0.55)),
    mirrored(fill('M122 250 h50 v14 h-51z', dark)),
    line('M236 166 h24', dark, 5),
    mirrored(buttons([92], [258], tint(colour, -0.55))),
  ].join('')
}

/** Thick jumper with cables. */
export function jumper(colour: string): Drawing {
  const stitch = tint(colour, -0.16)
  const cable = (x: number) =>
    repeat(
      6,
      (i) =>
        line(`M${x - 9} ${134 + i * 24} c0 14 18 10 18 24`, stitch, 4) +
        line(`M${x + 9} ${134 + i * 24} c0 14 -18 10 -18 24`, tint(colour, -0.07), 4),
    )
  return [
    HANGER,
    body(colour, 288, -2),
    mirrored(fill('M62 268 C74 276 92 278 104 272 L100 292 C90 298 70 296 60 288Z', stitch)),
    cable(160),
    cable(200),
    cable(240),
    repeat(2, (i) => line(`M${138 + i * 124} 130 V280`, stitch, 3, 'stroke-dasharray="2 7"')),
    fill('M113 284 C150 294 250 294 287 284 L286 312 C250 320 150 320 114 312Z', stitch),
    repeat(17, (i) => line(`M${120 + i * 10} 292 v20`, tint(colour, -0.28), 2)),
    fill('M152 92 C148 58 252 58 248 92 C240 112 160 112 152 92Z', tint(colour, -0.08)),
    fill('M162 72 C176 64 224 64 238 72 C224 80 176 80 162 72Z', tint(colour, -0.4)),
    repeat(9, (i) => line(`M${164 + i * 9} 82 v18`, stitch, 2)),
  ].join('')
}
