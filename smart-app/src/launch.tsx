/** The launch page: checks where the launch comes from, then leaves for that EHR's sign-in. */
import type { PublicSite } from '@refloop/server/client/session';
import { useEffect, useState } from 'react';
import { openApi } from './session/api.ts';
import { FailurePage } from './session/FailurePage.tsx';
import type { Failure } from './session/failure.ts';
import { readLaunchUrl } from './session/launch-url.ts';
import { beginLaunch } from './session/smart-launch.ts';
import { Late } from './ui/Late.tsx';
import { PlainPage } from './ui/PlainPage.tsx';

async function launch(): Promise<Failure | undefined> {
  const { search } = location;
  const listed = await openApi().call<{ sites: PublicSite[] }>('/sites');
  if (!listed.ok) return { kind: 'api-unreachable' };
  const request = readLaunchUrl(search, listed.value.sites);
  if (!request.ok) return request.refusal;
  return beginLaunch(request.value);
}

// Outside React: a launch handle can be used once, and StrictMode runs effects twice.
let launched: Promise<Failure | undefined> | undefined;

export function Launch() {
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    launched ??= launch().catch(() => ({ kind: 'broken', detail: 'The launch could not be started.' }) as const);
    void launched.then((ended) => setFailure(ended));
  }, []);
  if (failure) return <FailurePage failure={failure} iss={undefined} onRetry={() => location.reload()} />;
  return (
    <Late>
      <PlainPage title="Opening Refloop">
        <output>Asking the EHR for access to this chart.</output>
      </PlainPage>
    </Late>
  );
}
