/** One purpose at a time: a link that cannot be read, the NPI, then the referral. */
import type { OfficeAnswer } from '@refloop/server/client/office';
import { useState, useSyncExternalStore } from 'react';
import { useAccent } from '../ui/use-accent.ts';
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
      {link === undefined ? (
        <>
          <Brand />
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
  useAccent(view?.accent);
  const onEnd = (why: string) => {
    setEnded(why);
    setView(undefined);
  };
  return (
    <>
      <Brand practice={view?.practice} />
      {view === undefined ? <NpiForm api={api} link={link} ended={ended} onOpen={setView} /> : null}
      {view?.standing === 'over' ? <OverForOffice api={api} over={view} onChange={setView} onEnd={onEnd} /> : null}
      {view?.standing === 'open' ? <ReferralForOffice api={api} view={view} onChange={setView} onEnd={onEnd} /> : null}
    </>
  );
}

/** Whose page it is: told once the link was opened, since a link alone tells nothing. */
const Brand = ({ practice }: { practice?: string | undefined }) => (
  <p className={practice === undefined ? styles['brand'] : styles['practice']}>{practice ?? 'Refloop'}</p>
);
