import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const standIn = (file: string): string => fileURLToPath(new URL(`./src/session/${file}`, import.meta.url));

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What needs no account loads nothing of the app, its style sheet included: a patient's telephone may be old and far from a mast. */
const WITHOUT_ACCOUNT = { office: page('office.html'), patient: page('patient.html') };

export default defineConfig(({ mode }) => ({
  base: '/',
  plugins: [react()],
  // fhirclient then takes the browser's own fetch in place of a polyfill.
  define: { FHIRCLIENT_PURE: 'true' },
  resolve: {
    alias: { 'isomorphic-webcrypto': standIn('browser-webcrypto.ts'), debug: standIn('silent-debug.ts') },
  },
  // One style sheet: a part that is loaded later, or again after it failed, cannot come without its looks.
  build: {
    rollupOptions: { input: mode === 'pages' ? WITHOUT_ACCOUNT : { app: page('index.html') } },
    emptyOutDir: mode !== 'pages',
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
}));
