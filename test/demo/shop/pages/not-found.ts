import { html } from 'hono/html'
import type { Page, Visit } from '../visit.ts'
import { departmentLinks } from './department-links.ts'

export function notFoundPage(visit: Visit): Page {
  const { words } = visit
  const content = html`<div class="heading">
      <h1>${words.notFound}</h1>
      <p class="lead">${words.notFoundText}</p>
    </div>
    ${departmentLinks(visit)}`
  return { title: words.notFound, content, status: 404 }
}
