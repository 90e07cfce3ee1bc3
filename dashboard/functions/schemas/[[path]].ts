/** Schemas are those of the edge Worker: what the dashboard edits, it reads by the same rules. */
export { onRequest } from '../api/[[path]].ts'
