import { OpenAPIHono } from '@hono/zod-openapi'
import type { AccessEnv } from './access.ts'
import { refuseInvalid } from './problem.ts'

/** One resource of the administration: its bodies are checked by schemas, its refusals are problem documents. */
export const resource = () => new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid })
