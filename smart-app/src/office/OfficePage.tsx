/** One purpose at a time: a link that cannot be read, the NPI, then the referral. */
import type { OfficeAnswer } from '@refloop/server/client/office';
import { useState, useSyncExternalStore } from 'react';
import { linkOf } from '../words/link.ts';
import { NpiForm } from './NpiForm.tsx';
import styles from './Office.module.css';
import { OverForOffice } from './OverForOffice.tsx';
import type { OfficeApi } from './office-api.ts';
import { ReferralForOffice } from './ReferralForOffice.tsx';

const listen = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function OfficePage({ api }: { api: OfficeApi }) {
  const link = linkOf(useSyncExternalStore(listen, () => location.hash));
  return (
    <main className={styles['page']}>
      <p className={styles['brand']}>Refloop</p>
      {link === undefined ? (
        <>
          <h1>This link is not complete</h1>
          <p>Copy the whole address from the letter or message, or call the practice that sent it. Its number is on the letter.</p>
        </>
      ) : (
        // Another link in the same window is another referral.
        <Linked key={link} api={api} link={link} />
      )}
    </main>
  );
}

function Linked({ api, link }: { api: OfficeApi; link: string }) {
  const [view, setView] = useState<OfficeAnswer>();
  const [ended, setEnded] = useState('');
  if (view === undefined) return <NpiForm api={api} link={link} ended={ended} onOpen={setView} />;
  if (view.standing === 'over') return <OverForOffice how={view.how} practice={view.practice} />;
  return (
    <ReferralForOffice
      api={api}
      view={view}
      onChange={setView}
      onEnd={(why) => {
        setEnded(why);
        setView(undefined);
      }}
    />
  );
}
