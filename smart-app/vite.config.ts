import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  plugins: [react()],
  // fhirclient then takes the browser's own fetch in place of a polyfill.
  define: { FHIRCLIENT_PURE: 'true' },
  resolve: {
    alias: { 'isomorphic-webcrypto': fileURLToPath(new URL('./src/session/browser-webcrypto.ts', import.meta.url)) },
  },
  build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
});
