/** The saved views with how many lines each holds: a rail, or one field where there is no room beside the list. */
import { NativeSelect } from '@mantine/core';
import { hashOf, type WorklistFilter } from './filter.ts';
import { GROUPS, VIEWS, type ViewId, viewName } from './views.ts';
import styles from './Worklist.module.css';

type Props = { filter: WorklistFilter; counts: Record<ViewId, number> };

/** Of these a number above nothing is bad news. */
const BAD: readonly ViewId[] = ['overdue', 'escalated'];

export const ViewRail = ({ filter, counts }: Props) => (
  <nav className={styles['rail']} aria-label="Views">
    {GROUPS.map((group) => (
      <section key={group} aria-label={group}>
        <h2>{group}</h2>
        <ul>
          {VIEWS.filter((view) => view.group === group).map(({ id, name }) => (
            <li key={id}>
              <a href={hashOf({ ...filter, view: id })} aria-current={id === filter.view ? 'page' : undefined}>
                <span>{name}</span>
                <span className={`num ${BAD.includes(id) && counts[id] > 0 ? styles['bad'] : ''}`}>{counts[id]}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    ))}
  </nav>
);

export const ViewField = ({ filter, counts }: Props) => (
  <NativeSelect
    label="View"
    value={filter.view}
    onChange={(event) => {
      location.hash = hashOf({ ...filter, view: event.currentTarget.value as ViewId });
    }}
    data={GROUPS.map((group) => ({
      group,
      items: VIEWS.filter((view) => view.group === group).map(({ id }) => ({ value: id, label: `${viewName(id)} (${counts[id]})` })),
    }))}
  />
);
