/** Where the EHR's sign-in comes back: opens the launch once and shows the chart's page, the center, or a plain failure. */
import { useEffect } from 'react';
import { ReferPage } from './refer/ReferPage.tsx';
import { ReferSkeleton } from './refer/ReferSkeleton.tsx';
import { startDesk } from './refer/start-desk.ts';
import { FailurePage } from './session/FailurePage.tsx';
import type { Failure } from './session/failure.ts';
import { IdleWatch } from './session/IdleWatch.tsx';
import { type OpenedApp, openApp } from './session/open-app.ts';
import { forgetLaunch } from './session/smart-environment.ts';
import { completedLaunch } from './session/smart-launch.ts';
import { laterParts } from './ui/later-parts.tsx';
import { createStore, useStore } from './ui/store.ts';

// Not needed in the chart: leads, coordinators and admins load it when they come.
const CenterPage = laterParts(() => import('./center/CenterPage.tsx')).part((file) => file.CenterPage);

type Stage = { kind: 'opening' } | { kind: 'open'; app: OpenedApp } | { kind: 'failed'; failure: Failure; iss: string | undefined };

const stage = createStore<{ current: Stage }>({ current: { kind: 'opening' } });

/** Work ends: nothing of the patient stays in memory, on the page or in the browser's storage. */
function end(failure: Failure): void {
  const { current } = stage.get();
  if (current.kind === 'failed') return;
  const app = current.kind === 'open' ? current.app : undefined;
  if (app) {
    forgetLaunch(app.context.key);
    void app.api.call('/sessions/current', { method: 'DELETE', keepalive: true }).finally(() => app.api.useSession(undefined));
  }
  stage.set({ current: { kind: 'failed', failure, iss: app?.context.iss } });
}

async function open(): Promise<void> {
  const launch = await completedLaunch();
  if (!launch.ok) return stage.set({ current: { kind: 'failed', failure: launch.refusal, iss: undefined } });
  const iss = launch.value.client.state.serverUrl;
  const opened = await openApp(launch.value, end);
  if (!opened.ok) {
    if (opened.refusal.kind === 'wrong-patient' || opened.refusal.kind === 'session-ended') forgetLaunch(launch.value.stateKey);
    return stage.set({ current: { kind: 'failed', failure: opened.refusal, iss } });
  }
  stage.set({ current: { kind: 'open', app: opened.value } });
  if (opened.value.kind === 'chart') await startDesk(opened.value.desk);
}

const openOrSay = (): Promise<void> => open().catch(() => end({ kind: 'broken', detail: 'The page could not be opened.' }));

/** The same launch once more: its tokens and session are still held, only what did not answer is asked again. */
function retry(): void {
  stage.set({ current: { kind: 'opening' } });
  void openOrSay();
}

let opening: Promise<void> | undefined;

export function App() {
  const { current } = useStore(stage);
  useEffect(() => {
    opening ??= openOrSay();
  }, []);
  switch (current.kind) {
    case 'opening':
      return <ReferSkeleton />;
    case 'failed':
      return <FailurePage failure={current.failure} iss={current.iss} onRetry={retry} />;
    case 'open':
      return (
        <>
          <IdleWatch session={current.app.session} api={current.app.api} onEnd={(why) => end({ kind: 'session-ended', why })} />
          {current.app.kind === 'chart' ? (
            <ReferPage desk={current.app.desk} />
          ) : (
            <CenterPage
              session={current.app.session}
              api={current.app.api}
              ehr={current.app.ehr}
              scopes={current.app.context.scopes}
              iss={current.app.context.iss}
              onFail={end}
            />
          )}
        </>
      );
  }
}
