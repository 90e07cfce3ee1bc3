import { fill, ground, line, repeat, tint } from './draw.ts'
import type { Drawing } from './draw.ts'

const RUBBER = '#efe9df'
const INSIDE = '#3a2f28'

/** Low shoes fill little of the square's height: drawn larger, and nearer to its middle. */
function low(parts: readonly string[]): Drawing {
  return `<g transform="translate(-22 -74) scale(1.11)">${parts.join('')}</g>`
}

function laces(points: readonly (readonly [number, number])[], colour: string): string {
  return points.map(([x, y]) => line(`M${x} ${y} l19 -15`, colour, 6)).join('')
}

/** Low canvas shoe with a rubber sole. */
export function sneaker(colour: string, accent: string): Drawing {
  return low([
    ground(316, 160),
    fill('M98 192 C112 182 150 180 176 176 L164 204 C140 214 112 210 98 192Z', INSIDE),
    fill(
      'M66 286 C60 252 64 214 80 190 C87 181 99 181 106 188 C118 208 146 209 160 193 L174 170 C180 161 194 163 199 172 C208 196 234 217 270 229 C314 240 344 252 347 286Z',
      colour,
    ),
    fill('M66 286 C60 252 64 214 80 190 C87 181 99 181 106 188 C102 220 98 250 102 286Z', accent),
    fill(
      'M174 170 C180 161 194 163 199 172 C208 196 234 217 270 229 L252 252 C214 238 184 216 166 188Z',
      tint(colour, -0.14),
    ),
    line('M166 188 C184 216 214 238 252 252', tint(colour, -0.3), 2, 'stroke-dasharray="5 5"'),
    laces(
      [
        [182, 193],
        [198, 210],
        [217, 225],
        [238, 237],
      ],
      '#ffffff',
    ),
    fill('M292 286 C291 258 304 243 318 242 C338 250 346 264 347 286Z', RUBBER),
    line('M292 286 C291 258 304 243 318 242', tint(RUBBER, -0.25), 2),
    fill(
      'M58 280 H352 C360 282 361 292 357 301 C352 312 342 316 328 316 H84 C66 316 55 302 58 280Z',
      RUBBER,
    ),
    line('M64 296 H352', accent, 4),
    fill('M60 304 C66 313 74 316 84 316 H328 C340 316 350 313 355 304Z', tint(RUBBER, -0.12)),
  ])
}

/** Running shoe on a curved foam sole. */
export function runner(colour: string, accent: string): Drawing {
  return low([
    ground(318, 165),
    fill('M96 196 C116 184 150 182 176 172 L164 198 C140 212 116 212 96 196Z', INSIDE),
    fill(
      'M62 290 C52 252 56 214 70 192 C80 183 96 186 104 197 C120 213 146 209 159 191 L177 168 C185 161 197 166 201 176 C222 214 262 232 312 246 C346 254 362 264 362 280 C300 292 240 296 190 294Z',
      colour,
    ),
    fill(
      'M62 290 C52 252 56 214 70 192 C80 183 96 186 104 197 C98 222 104 262 126 292Z',
      tint(colour, -0.2),
    ),
    fill('M150 292 C164 258 178 232 196 206 L220 226 C204 248 192 270 186 294Z', accent),
    fill(
      'M202 294 C210 270 222 250 238 236 L262 246 C246 258 238 274 234 292Z',
      accent,
      'opacity=".6"',
    ),
    fill('M290 284 C296 262 310 250 322 249 C346 256 362 264 362 280Z', tint(colour, -0.2)),
    laces(
      [
        [188, 194],
        [205, 212],
        [226, 226],
      ],
      tint(accent, 0.5),
    ),
    line('M72 192 C66 176 76 168 86 180', accent, 6),
    fill(
      'M50 288 C90 278 150 290 200 290 C262 288 320 270 362 272 C376 276 372 298 352 306 C320 318 120 320 82 317 C58 314 42 302 50 288Z',
      '#f7f4ee',
    ),
    fill(
      'M48 298 C120 312 280 308 366 290 C364 298 360 302 352 306 C320 318 120 320 82 317 C62 315 50 308 48 298Z',
      accent,
    ),
  ])
}

/** Ankle boot with elastic sides. */
export function chelsea(colour: string): Drawing {
  const dark = tint(colour, -0.35)
  return [
    ground(320, 150),
    line('M112 88 C104 66 126 62 128 86', dark, 8),
    fill(
      'M106 90 C130 82 200 82 224 90 C226 140 222 178 234 204 C250 232 302 234 334 252 C352 262 356 276 354 292 H104 C97 220 111 160 106 90Z',
      colour,
    ),
    fill('M106 90 C130 82 200 82 224 90 C200 97 130 97 106 90Z', tint(colour, -0.5)),
    fill(
      'M146 94 C160 97 184 97 198 94 C200 140 198 172 188 200 C180 216 164 216 156 200 C146 172 147 140 146 94Z',
      dark,
    ),
    repeat(5, (i) =>
      line(
        `M${156 + i * 8} 104 C${156 + i * 8} 140 ${160 + i * 6} 170 ${164 + i * 4} 198`,
        tint(colour, -0.5),
        2,
      ),
    ),
    fill(
      'M268 238 C296 240 320 246 334 252 C350 262 355 274 354 286 C330 262 300 250 268 238Z',
      '#ffffff',
      'opacity=".16"',
    ),
    fill('M106 240 C112 258 112 276 108 292 H104 C102 276 102 258 106 240Z', dark),
    fill(
      'M100 290 H358 C362 298 360 306 352 308 H196 L190 300 H172 L168 322 H104 C99 318 98 302 100 290Z',
      '#2c2622',
    ),
    line('M102 291 H356', '#7a5a3c', 4),
  ].join('')
}

/** Slip-on with a strap over the instep. */
export function loafer(colour: string): Drawing {
  const dark = tint(colour, -0.3)
  return low([
    ground(312, 160),
    fill(
      'M80 220 C110 204 184 202 214 214 C196 226 176 238 150 234 C120 228 98 218 80 220Z',
      INSIDE,
    ),
    fill(
      'M66 284 C59 256 62 230 78 217 C98 212 122 229 150 233 C178 236 196 222 214 213 C238 205 262 214 290 230 C326 246 351 258 353 284Z',
      colour,
    ),
    line(
      'M84 228 C104 226 124 240 150 243 C178 245 200 232 216 224',
      tint(colour, -0.45),
      2,
      'stroke-dasharray="5 4"',
    ),
    line('M222 214 C250 236 296 252 346 266', dark, 4),
    fill(
      'M184 230 C196 228 206 220 216 214 C236 232 246 258 246 284 H206 C208 262 200 244 184 230Z',
      dark,
    ),
    fill('M212 246 L224 240 L234 252 L224 262Z', tint(colour, -0.55)),
    fill(
      'M66 284 C59 256 62 230 78 217 C86 216 92 218 96 221 C88 240 90 262 94 284Z',
      dark,
      'opacity=".6"',
    ),
    fill('M280 232 C310 242 338 254 346 268 C322 262 300 252 280 232Z', '#ffffff', 'opacity=".2"'),
    fill(
      'M60 282 H357 C360 292 354 299 345 299 H142 L140 313 H68 C60 305 57 292 60 282Z',
      '#2f2723',
    ),
    line('M62 284 H355', tint(colour, 0.25), 3),
  ])
}

/** Canvas upper on a sole of rope. */
export function espadrille(colour: string, stripe: string): Drawing {
  const jute = '#cfae7c'
  return low([
    ground(310, 160),
    fill(
      'M84 224 C120 212 190 208 232 214 C210 232 190 244 168 246 C136 246 106 236 84 224Z',
      '#b58d58',
    ),
    fill(
      'M66 280 C58 248 68 228 84 221 C110 236 150 244 178 236 C198 226 214 209 238 212 C292 222 350 246 352 280Z',
      colour,
    ),
    line('M262 218 C250 238 246 258 246 278', stripe, 9),
    line('M290 228 C278 244 274 262 274 278', stripe, 9),
    line('M316 239 C306 252 302 266 302 278', stripe, 9),
    line('M104 232 C98 248 98 264 100 278', stripe, 9),
    line(
      'M86 228 C110 242 150 250 180 243 C202 234 216 219 238 219',
      tint(colour, -0.25),
      2,
      'stroke-dasharray="5 4"',
    ),
    fill(
      'M58 274 H352 C364 276 366 286 360 298 C355 308 342 311 330 311 H82 C62 311 52 294 58 274Z',
      jute,
    ),
    repeat(30, (i) => line(`M${66 + i * 10} 308 l8 -31`, tint(jute, -0.22), 2.5)),
    line('M58 277 H354', tint(jute, -0.3), 3),
    line('M60 294 H360', tint(jute, 0.3), 2, 'opacity=".7"'),
  ])
}

/** Leather straps on a cork sole. */
export function sandal(colour: string): Drawing {
  const dark = tint(colour, -0.3)
  return low([
    ground(312, 160),
    line('M112 276 C106 226 132 196 164 202 C196 210 198 250 186 284', dark, 16),
    line('M250 286 C246 242 262 220 286 222', dark, 20),
    fill(
      'M58 282 C100 272 150 288 210 288 C270 288 330 272 358 280 C368 290 362 306 350 310 H74 C56 306 50 292 58 282Z',
      '#c79a67',
    ),
    fill(
      'M58 280 C100 268 150 284 210 284 C270 284 330 268 358 276 C364 282 366 286 364 290 C330 284 270 296 210 296 C150 296 100 282 56 292 C54 288 54 284 58 280Z',
      tint(colour, 0.35),
    ),
    line('M96 282 C84 224 116 186 154 196 C190 206 184 252 166 288', colour, 18),
    line('M160 200 C200 214 228 236 262 242', colour, 18),
    line('M226 290 C238 224 318 218 340 282', colour, 30),
    line('M104 226 C130 214 158 216 176 226', colour, 16),
    `<rect x="128" y="206" width="26" height="24" rx="6" fill="none" stroke="#d9b45b" stroke-width="6"/>`,
    fill(
      'M60 300 C140 314 280 314 362 300 C360 306 356 309 350 310 H74 C66 309 62 305 60 300Z',
      '#3a2f28',
    ),
  ])
}

/** High rubber boot. */
export function rainboot(colour: string): Drawing {
  const dark = tint(colour, -0.28)
  return [
    ground(322, 150),
    fill(
      'M120 70 C146 60 208 60 236 70 C238 130 230 176 238 206 C254 234 308 236 338 254 C354 264 357 280 355 296 H112 C116 220 126 150 120 70Z',
      colour,
    ),
    fill('M120 70 C146 60 208 60 236 70 C208 80 146 80 120 70Z', tint(colour, -0.5)),
    fill('M120 70 C146 80 208 80 236 70 L237 96 C208 105 148 105 122 96Z', tint(colour, 0.25)),
    fill(
      'M140 112 C150 116 154 116 158 116 C158 170 150 230 140 286 H124 C132 230 142 170 140 112Z',
      '#ffffff',
      'opacity=".2"',
    ),
    fill(
      'M272 236 C300 240 324 246 338 254 C352 263 356 276 356 288 C336 262 304 250 272 236Z',
      '#ffffff',
      'opacity=".2"',
    ),
    line('M120 200 C150 212 200 210 236 198', dark, 3),
    fill('M208 96 h22 v44 h-22z', dark),
    `<rect x="210" y="112" width="18" height="14" rx="3" fill="none" stroke="#e9e2d4" stroke-width="4"/>`,
    fill(
      'M106 290 H358 C363 298 361 306 354 310 H200 L194 304 H182 L178 324 H112 C104 318 102 302 106 290Z',
      dark,
    ),
    line('M108 294 H358', tint(colour, 0.35), 4),
  ].join('')
}

/** Laced town shoe. */
export function derby(colour: string): Drawing {
  const dark = tint(colour, -0.35)
  return low([
    ground(320, 160),
    fill('M84 204 C110 190 160 188 190 186 L160 220 C130 224 104 214 84 204Z', INSIDE),
    fill(
      'M64 288 C56 248 60 212 78 199 C102 196 122 218 150 216 C166 206 176 184 191 184 C206 188 210 208 232 220 C270 238 350 240 355 288Z',
      colour,
    ),
    fill(
      'M150 216 C166 206 176 184 191 184 C206 188 210 208 226 217 C222 244 198 264 166 270 C150 254 144 234 150 216Z',
      tint(colour, -0.16),
    ),
    line(
      'M150 216 C144 234 150 254 166 270 C198 264 222 244 226 217',
      dark,
      2.5,
      'stroke-dasharray="5 4"',
    ),
    repeat(3, (i) =>
      line(`M${168 + i * 12} ${212 + i * 13} l${24 - i * 3} -${12 - i * 3}`, '#f1e6d2', 5),
    ),
    line('M292 242 C280 256 276 272 276 288', dark, 3),
    line('M300 244 C288 258 284 274 284 288', dark, 2, 'stroke-dasharray="2 5"'),
    fill(
      'M64 288 C56 248 60 212 78 199 C88 198 96 202 102 206 C92 232 94 262 100 288Z',
      tint(colour, -0.16),
    ),
    fill('M306 250 C330 254 346 264 350 280 C336 268 320 260 306 250Z', '#ffffff', 'opacity=".22"'),
    fill(
      'M58 284 H358 C364 294 362 304 354 308 H150 L146 322 H70 C58 314 55 298 58 284Z',
      '#33291f',
    ),
    line('M60 288 H358', '#c59a5e', 4),
    repeat(13, (i) => fill(`M${160 + i * 15} 308 h9 v6 h-9z`, '#33291f')),
  ])
}
