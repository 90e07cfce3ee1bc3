import { bodyLimit } from 'hono/body-limit'
import { access } from './access.ts'
import { activations } from './activations.ts'
import { audit } from './audit.ts'
import { auth } from './auth.ts'
import { backFill } from './back-fill.ts'
import { candidates } from './candidates.ts'
import { computedTraits } from './computed-traits.ts'
import { caps } from './caps.ts'
import { consentSettings } from './consent-settings.ts'
import { customers } from './customers.ts'
import { destinations } from './destinations.ts'
import { experiences } from './experiences.ts'
import { identityRehearsals } from './identity-rehearsals.ts'
import { identitySettings } from './identity-settings.ts'
import { keys } from './keys.ts'
import { onError, Refusal } from './problem.ts'
import { pressureReport } from './pressure-report.ts'
import { readySegments } from './ready-segments.ts'
import { resource } from './resource.ts'
import { rfmMovement } from './rfm-movement.ts'
import { appetenceReport } from './appetence-report.ts'
import { scoreReports } from './score-reports.ts'
import { scoreSettings } from './score-settings.ts'
import { segments } from './segments.ts'
import { session } from './session.ts'
import { setup } from './setup.ts'
import { sources } from './sources.ts'

/** Bytes of a body: the largest condition that is accepted is far smaller. */
const MAX_BODY = 512 * 1_024

/**
 * The administration API. `access` guards every `/api/*` route that is mounted in or after this app; sign-in and
 * set-up stand before it.
 */
export const admin = resource()

admin.onError(onError)
admin.use(
  '/api/*',
  bodyLimit({
    maxSize: MAX_BODY,
    onError: () => {
      throw new Refusal(413, `A body has at most ${MAX_BODY} bytes.`)
    },
  }),
)
admin.route('/', auth)
admin.route('/', setup)
admin.use('/api/*', access)
admin.route('/', session)
admin.route('/', segments)
admin.route('/', readySegments)
admin.route('/', candidates)
admin.route('/', backFill)
admin.route('/', experiences)
admin.route('/', destinations)
admin.route('/', activations)
admin.route('/', caps)
admin.route('/', pressureReport)
admin.route('/', sources)
admin.route('/', keys)
admin.route('/', identitySettings)
admin.route('/', identityRehearsals)
admin.route('/', consentSettings)
admin.route('/', computedTraits)
admin.route('/', scoreSettings)
admin.route('/', scoreReports)
admin.route('/', rfmMovement)
admin.route('/', appetenceReport)
admin.route('/', customers)
admin.route('/', audit)
