import { OpenAPIHono } from '@hono/zod-openapi'
import { consumeDeadDeliveries, consumeDeliveries } from './delivery/consumer.ts'
import type { Env } from './objects/env.ts'
import { accounts } from './routes/accounts.ts'
import { admin } from './routes/admin.ts'
import { audience } from './routes/audience.ts'
import { clientSettings } from './routes/client-settings.ts'
import { collect } from './routes/collect.ts'
import { decide } from './routes/decide.ts'
import { counts } from './routes/counts.ts'
import { deliveries } from './routes/deliveries.ts'
import { deliveryPorts } from './routes/delivery-ports.ts'
import { destinationTest } from './routes/destination-test.ts'
import { serveDocs } from './routes/docs.ts'
import { failedEvents } from './routes/failed-events.ts'
import { erasures } from './routes/erasures.ts'
import { describeIntake } from './routes/intake-docs.ts'
import { jitsu } from './routes/jitsu.ts'
import { importParts } from './routes/import-parts.ts'
import { importUpload } from './routes/import-upload.ts'
import { imports } from './routes/imports.ts'
import { live } from './routes/live.ts'
import { matomo } from './routes/matomo.ts'
import { onDevice } from './routes/on-device.ts'
import { pixel } from './routes/pixel.ts'
import { onError, onNotFound } from './routes/problem.ts'
import { metrics } from './routes/metrics.ts'
import { preview } from './routes/preview.ts'
import { profileExport } from './routes/profile-export.ts'
import { profiles } from './routes/profiles.ts'
import { reports } from './routes/reports.ts'
import { schemas } from './routes/schemas.ts'
import { segmentLibrary } from './routes/segment-library.ts'
import { segmentReport } from './routes/segment-report.ts'
import { snowplow } from './routes/snowplow.ts'
import { tag } from './routes/tag.ts'
import { touches } from './routes/touches.ts'
import { track } from './routes/track.ts'
import { timeline } from './routes/timeline.ts'
import { why } from './routes/why.ts'
import { unmerging } from './routes/unmerge.ts'
import { documentWebhooks } from './routes/webhook-docs.ts'
import { sweep } from './sweep.ts'

export { AccountShard } from './objects/account-shard.ts'
export { Counts } from './objects/counts.ts'
export { Erasures } from './objects/erasures.ts'
export { IdentityShard } from './objects/identity-shard.ts'
export { ImportJob } from './routes/imports/import-job.ts'
export { LiveMonitor } from './objects/live-monitor.ts'
export { Population } from './objects/population.ts'
export { ProfileShard } from './objects/profile-shard.ts'
export { Rehearsal } from './objects/rehearsal.ts'
export { Workspace } from './objects/workspace.ts'

const DEAD_LETTERS = /-dead$/

const app = new OpenAPIHono<{ Bindings: Env }>()
describeIntake(app)
app.onError(onError)
app.notFound(onNotFound)
app.get('/healthz', (c) => c.json({ ok: true }))
app.route('/', schemas)
app.route('/', collect)
app.route('/', track)
app.route('/', pixel)
app.route('/', clientSettings)
app.route('/', segmentLibrary)
app.route('/', snowplow)
app.route('/', matomo)
// Before `admin`: these are sent with a write key.
app.route('/', jitsu)
app.route('/', decide)
app.route('/', onDevice)
app.route('/', tag)
// A file is larger than what `admin` lets through as a body; the upload asks for access itself.
app.route('/', importUpload)
// `admin` guards every /api/* route mounted after it.
app.route('/', admin)
app.route('/', audience)
app.route('/', segmentReport)
app.route('/', preview)
app.route('/', counts)
app.route('/', metrics)
app.route('/', profiles)
app.route('/', profileExport)
app.route('/', erasures)
app.route('/', accounts)
app.route('/', importParts)
app.route('/', timeline)
app.route('/', why)
app.route('/', touches)
app.route('/', unmerging)
app.route('/', imports)
app.route('/', deliveries)
app.route('/', failedEvents)
app.route('/', destinationTest)
app.route('/', reports)
app.route('/', live)
documentWebhooks(app)
serveDocs(app)

export default {
  fetch: app.fetch,
  async queue(batch, env) {
    const consume = DEAD_LETTERS.test(batch.queue) ? consumeDeadDeliveries : consumeDeliveries
    await consume(batch, deliveryPorts(env))
  },
  async scheduled(controller, env) {
    await sweep(env, controller.scheduledTime)
  },
} satisfies ExportedHandler<Env, unknown>
