/** The one entry: /launch sends the browser to the EHR's sign-in, /app is where it comes back. */
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import './ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Launch } from './launch.tsx';
import { cssVariables, theme } from './ui/theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// The scroll lock under a dialog adds a style element of its own and looks for the nonce under this name.
Reflect.set(globalThis, '__webpack_nonce__', nonce);

// A page brought back from the browser's cache could show a patient whose session is over.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      {location.pathname === '/launch' ? <Launch /> : <App />}
    </MantineProvider>
  </StrictMode>,
);
