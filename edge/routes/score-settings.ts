import { createRoute } from '@hono/zod-openapi'
import { populationOf } from '../objects/address.ts'
import { findScores, replaceScores } from '../storage/score-settings-store.ts'
import { accept, changeOf } from './changing.ts'
import { resource } from './resource.ts'
import { input, settingsOf, show, shown } from './score-settings-shape.ts'
import { body, json, problems } from './shapes.ts'

const path = '/api/settings/scores'
const getRoute = createRoute({
  method: 'get',
  path,
  responses: { 200: json(shown, 'How people are scored in this workspace'), ...problems(401) },
})
const putRoute = createRoute({
  method: 'put',
  path,
  description:
    'What is left out has its default again. Everybody is scored anew, from their whole history; cut points and models are made anew within moments.',
  request: { body: body(input) },
  responses: { 200: json(shown, 'In force'), ...problems(400, 401) },
})

export const scoreSettings = resource()
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    return c.json(show(await findScores(c.env.DB, workspace)), 200)
  })
  .openapi(putRoute, async (c) => {
    const { workspace } = c.get('access')
    const settings = settingsOf(c.req.valid('json'))
    const change = changeOf(c, 'scores.changed', workspace)
    await accept(c, 'workspace', await replaceScores(c.env.DB, change, settings))
    // What was found of all by other rules is no measure. Stored is stored: else it is looked within a day.
    await populationOf(c.env, workspace)
      .renew({ workspace })
      .catch(() => undefined)
    return c.json(show(settings), 200)
  })
