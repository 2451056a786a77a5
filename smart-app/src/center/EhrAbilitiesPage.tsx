/** What this EHR lets us do: its own statement and the scopes of this session, told as consequences, to print or copy. */
import { Button } from '@mantine/core';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { PublicSite } from '@refloop/server/client/session';
import { useEffect, useState } from 'react';
import type { Api } from '../session/api.ts';
import { capabilities } from '../session/capabilities.ts';
import { todayHere } from '../session/open-app.ts';
import { Chip } from '../ui/Chip.tsx';
import { copyText } from '../ui/copy-text.ts';
import { Late } from '../ui/Late.tsx';
import { WordTable } from '../ui/WordTable.tsx';
import { plainDate } from '../words/plain-date.ts';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { AS_ASKED, abilitiesReport, reportText, SAID_WORDS, type Said } from './ehr-abilities.ts';
import { SelfTest, type SelfTestState, selfTestText } from './SelfTest.tsx';

const TONES = { yes: 'good', no: 'warn', unsaid: 'unknown', 'at-launch': 'info' } as const satisfies Record<Said, string>;

const SaidChip = ({ said }: { said: Said }) => <Chip tone={TONES[said]}>{SAID_WORDS[said]}</Chip>;

/** What Refloop asks this EHR for at a launch; nothing where the server does not say. */
async function askedScopes(api: Api, iss: string): Promise<readonly string[]> {
  const listed = await api.call<{ sites: PublicSite[] }>('/sites');
  const site = listed.ok ? listed.value.sites.find((each) => each.iss === iss) : undefined;
  return site?.scopes.split(/\s+/).filter(Boolean) ?? [];
}

export function EhrAbilitiesPage({ ehr, api, scopes, iss }: CenterProps) {
  const [asked, setAsked] = useState(0);
  const [answer, setAnswer] = useState<{ asked: number; statement: Resource | undefined; scopesAsked: readonly string[] }>();
  const [notice, setNotice] = useState('');
  const [asking, setAsking] = useState<SelfTestState>({ kind: 'not-run' });
  useEffect(() => {
    let newest = true;
    void Promise.all([capabilities(ehr), askedScopes(api, iss)]).then(([statement, scopesAsked]) => {
      if (newest) setAnswer({ asked, statement, scopesAsked });
    });
    return () => {
      newest = false;
    };
  }, [ehr, api, iss, asked]);
  if (answer?.asked !== asked) {
    return (
      <main className={styles['page']}>
        <h1>What this EHR lets us do</h1>
        <Late>
          <output>Asking the EHR</output>
        </Late>
      </main>
    );
  }
  const report = abilitiesReport(iss, scopes, answer.scopesAsked, answer.statement);
  const copy = () => {
    void copyText([reportText(report, todayHere()), ...selfTestText(asking)].join('\n')).then((copied) =>
      setNotice(copied ? 'The report was copied.' : 'The browser did not allow copying. Print the page instead.'),
    );
  };
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>What this EHR lets us do</h1>
        <output className="caption">{notice}</output>
        <div className={`${styles['actions']} ${styles['unprinted']}`}>
          <Button variant="default" onClick={copy}>
            Copy the report
          </Button>
          <Button variant="default" onClick={() => window.print()}>
            Print
          </Button>
        </div>
      </div>
      <p className="caption num">
        {iss} · software {report.software} · FHIR {report.fhirVersion} · {plainDate(todayHere())}
      </p>
      {answer.statement === undefined ? (
        <div role="alert" className={styles['failed']}>
          <p>The EHR did not say what it can do: its CapabilityStatement could not be read.</p>
          <Button variant="default" className={styles['unprinted'] ?? ''} onClick={() => setAsked((count) => count + 1)}>
            Ask again
          </Button>
        </div>
      ) : null}
      {report.asAsked ? <p>{AS_ASKED}</p> : null}
      <ul>
        {report.rungs.map(({ launch, rung, effect, why }) => (
          <li key={launch}>
            <strong>{launch}</strong>: rung {rung}. {effect}.{why.length > 0 ? <span className="caption"> {why.join(' ')}</span> : null}
          </li>
        ))}
      </ul>
      <WordTable label="Capabilities" headings={['Capability', 'Offered', 'Granted', 'What follows']}>
        {report.abilities.map((ability) => (
          <tr key={ability.name}>
            <th scope="row">
              {ability.name}
              <div className="caption">{ability.technical}</div>
            </th>
            <td>
              <SaidChip said={ability.offered} />
            </td>
            <td>
              <SaidChip said={ability.granted} />
            </td>
            <td>{ability.consequence}</td>
          </tr>
        ))}
      </WordTable>
      <p className="caption">
        “Asked at launch” is granted or not when Refloop is opened from a chart. An EHR may offer something and still have it switched off
        for one app.
      </p>
      <SelfTest api={api} state={asking} onState={setAsking} />
      <p className="caption num">Scopes: {scopes.join(' ') || 'none'}</p>
    </main>
  );
}
