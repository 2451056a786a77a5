/** Fetches the EHR's style, from the EHR's own origin only, and puts it over our light tokens. */
import { hostStyleTokens } from './host-style-tokens.ts';
import type { LaunchContext } from './launch-context.ts';

export async function applyHostStyle(context: LaunchContext): Promise<void> {
  if (!context.styleUrl) return;
  try {
    const url = new URL(context.styleUrl, context.iss);
    if (url.origin !== new URL(context.iss).origin) return;
    const response = await fetch(url, { credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(5_000) });
    if (!response.ok) return;
    const style: unknown = await response.json();
    if (typeof style !== 'object' || style === null) return;
    // The host's colours are chosen for its light page; in dark mode only what is no colour is taken.
    const dark = document.documentElement.dataset['mantineColorScheme'] === 'dark';
    for (const [name, value] of Object.entries(hostStyleTokens(style as Record<string, unknown>))) {
      if (!dark || (name !== '--accent' && name !== '--bg')) document.documentElement.style.setProperty(name, value);
    }
  } catch {
    // A missing style changes nothing.
  }
}
