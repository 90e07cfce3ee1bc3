import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Address of the edge for `vite dashboard` (development with hot reload); `npm start` uses the Pages Function. */
const EDGE = 'http://127.0.0.1:8787'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2022',
    emptyOutDir: true,
    // An inlined asset would be a `data:` URL; files cache better and keep the policy narrow.
    assetsInlineLimit: 0,
    // Kilobytes: the editor of JSON, which only who opens it loads.
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': { target: EDGE, ws: true }, '/schemas': EDGE } },
})
