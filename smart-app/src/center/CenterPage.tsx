/** The Referral center: opened without a patient, it offers what this person's roles allow and nothing else. */
import { Button } from '@mantine/core';
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import type { StatusNamesAnswer } from '@refloop/server/client/configuration';
import type { Role, Session } from '@refloop/server/client/session';
import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { HeldNotesPage } from '../notes/HeldNotesPage.tsx';
import type { Api } from '../session/api.ts';
import { backToChart } from '../session/back-to-chart.ts';
import type { Failure } from '../session/failure.ts';
import { PlainPage } from '../ui/PlainPage.tsx';
import { AccessPage } from './AccessPage.tsx';
import { AuditPage } from './AuditPage.tsx';
import styles from './CenterPage.module.css';
import { EhrAbilitiesPage } from './EhrAbilitiesPage.tsx';
import { ExceptionsPage } from './ExceptionsPage.tsx';
import { ReconciliationPage } from './ReconciliationPage.tsx';
import { StatusNamesContext } from './status-names.ts';
import { useAnswer } from './use-answer.ts';
import { WorkPage } from './WorkPage.tsx';

export type CenterProps = {
  session: Session;
  api: Api;
  ehr: EhrPort;
  /** Scopes of this session as the EHR granted them. */
  scopes: readonly string[];
  iss: string;
  onFail: (failure: Failure) => void;
};

const ConfigurationPage = lazy(() => import('../configuration/ConfigurationPage.tsx'));
const InsightsPage = lazy(() => import('../insights/InsightsPage.tsx'));
const ServiceLevelsPage = lazy(() => import('../service-levels/ServiceLevelsPage.tsx'));
const WorklistPage = lazy(() => import('../worklist/WorklistPage.tsx'));

type Workspace = { id: string; name: string; roles: readonly Role[] };

const WORKSPACES: readonly Workspace[] = [
  { id: 'work', name: 'My work', roles: ['clinician', 'preparer'] },
  { id: 'worklist', name: 'Worklist', roles: ['coordinator', 'lead', 'clinician'] },
  { id: 'held', name: 'Held notes', roles: ['coordinator', 'lead'] },
  { id: 'exceptions', name: 'Exceptions', roles: ['coordinator', 'lead', 'admin'] },
  { id: 'insights', name: 'Insights', roles: ['lead', 'coordinator'] },
  { id: 'reconciliation', name: 'Reconciliation', roles: ['coordinator', 'lead', 'admin'] },
  { id: 'service-levels', name: 'Service levels', roles: ['lead', 'admin'] },
  { id: 'configuration', name: 'Configuration', roles: ['lead', 'admin'] },
  { id: 'audit', name: 'Audit', roles: ['admin'] },
  { id: 'access', name: 'Access', roles: ['admin'] },
  { id: 'ehr', name: 'This EHR', roles: ['admin'] },
];

const listen = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

type Place = { workspace: string; item: string | undefined; search: string };

/** `#audit/01J…`, `#insights?from=2026-01`: the workspace, what is open in it and how it is looked at; never a patient. */
function placeOf(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?');
  const [workspace = '', item] = path.split('/');
  return { workspace, item: item || undefined, search };
}

export function CenterPage(props: CenterProps) {
  const { session, iss } = props;
  const hash = useSyncExternalStore(listen, () => location.hash);
  const [names, readNames] = useAnswer<StatusNamesAnswer>(props.api, session.roles.length > 0 ? '/status-names' : undefined, props.onFail);
  const offered = WORKSPACES.filter((workspace) => workspace.roles.some((role) => session.roles.includes(role)));
  const { workspace: wanted, item, search } = placeOf(hash);
  const current = offered.find((workspace) => workspace.id === wanted) ?? offered[0];
  useEffect(() => {
    document.title = `${current?.name ?? 'Referral center'} · Refloop`;
  }, [current]);
  if (!current) {
    return (
      <PlainPage title="You have no role here yet">
        <p>{session.user.name} is signed in, but has no role in the Referral center.</p>
        <p>
          <strong>
            An administrator of Refloop at your site can give you one. To refer a patient, open Refloop from the patient’s chart.
          </strong>
        </p>
        <div>
          <Button variant="default" onClick={() => backToChart(iss)}>
            Back to the EHR
          </Button>
        </div>
      </PlainPage>
    );
  }
  return (
    <StatusNamesContext value={names.kind === 'ready' ? names.value : undefined}>
      <div className={`${styles['shell']} ${current.id === 'worklist' ? styles['filled'] : ''}`}>
        <section className={styles['top']} aria-label="Refloop">
          <strong>Refloop</strong>
          <nav aria-label="Workspaces" className={styles['nav']}>
            {offered.map((workspace) => (
              <a key={workspace.id} href={`#${workspace.id}`} aria-current={workspace === current ? 'page' : undefined}>
                {workspace.name}
              </a>
            ))}
          </nav>
          <span className="caption">{session.user.name}</span>
        </section>
        {current.id === 'worklist' ? (
          <Suspense fallback={null}>
            <WorklistPage {...props} item={item} search={search} />
          </Suspense>
        ) : null}
        {current.id === 'work' ? <WorkPage {...props} /> : null}
        {current.id === 'held' ? <HeldNotesPage {...props} /> : null}
        {current.id === 'exceptions' ? <ExceptionsPage {...props} /> : null}
        {current.id === 'insights' ? (
          <Suspense fallback={null}>
            <InsightsPage {...props} item={item} search={search} />
          </Suspense>
        ) : null}
        {current.id === 'service-levels' ? (
          <Suspense fallback={null}>
            <ServiceLevelsPage {...props} item={item} />
          </Suspense>
        ) : null}
        {current.id === 'configuration' ? (
          <Suspense fallback={null}>
            <ConfigurationPage {...props} item={item} onNames={readNames} />
          </Suspense>
        ) : null}
        {current.id === 'audit' ? <AuditPage {...props} item={item} /> : null}
        {current.id === 'reconciliation' ? <ReconciliationPage {...props} /> : null}
        {current.id === 'access' ? <AccessPage {...props} /> : null}
        {current.id === 'ehr' ? <EhrAbilitiesPage {...props} /> : null}
      </div>
    </StatusNamesContext>
  );
}
