/** How the page is built: from client/ to dist/client, hashed names, every byte from this host. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const NODE = process.env.ACADEMY_URL ?? 'http://localhost:2567'

/** How long each plugin took is of no use to who starts a node. */
const quiet = { checks: { pluginTimings: false } }

export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../dist/client'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // A data: font or image would need a wider content security policy than one that names this host only.
    assetsInlineLimit: 0,
    // Phaser is one piece of 1.3 MB and loads after the terminal plays.
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
    rolldownOptions: { ...quiet, input: [here('index.html'), here('portal.html')] },
  },
  worker: { rolldownOptions: quiet },
  server: { proxy: { '/auth': NODE, '/api': NODE, '/socket.io': { target: NODE, ws: true } } },
})
