/** What waits at each step, how much of it is late, and how old it is. Each number opens its rows. */
import type { QueueAnswer, QueueStep } from '@refloop/server/client/queue';
import { ChartOrTable } from './ChartOrTable.tsx';
import { countText } from './figures.ts';
import queue from './Queue.module.css';
import type { QueueChoice } from './QueueRowsDialog.tsx';
import { QueueTable } from './QueueTable.tsx';
import { countWords } from './queue-words.ts';
import { Scroller } from './Scroller.tsx';

type Props = { answer: QueueAnswer; onOpen: (choice: QueueChoice) => void };

export function QueueSteps({ answer, onOpen }: Props) {
  const { steps, bottleneck, at } = answer;
  const most = Math.max(1, ...steps.map(({ open }) => open));
  const share = (count: number): string => `${(100 * count) / most}%`;
  const open = ({ kind, name }: QueueStep) => onOpen({ kind, title: name });
  return (
    <ChartOrTable
      caption="Hatched: overdue"
      chart={
        <ol className={queue['steps']} aria-label="Steps that wait">
          {steps.map((step) => (
            <li key={step.kind}>
              <button type="button" onClick={() => open(step)}>
                <span>
                  {step.name}
                  {step.kind === bottleneck ? <b> ▲ most overdue</b> : null}
                </span>
                <span className={queue['bar']} aria-hidden="true">
                  <i className={queue['late']} style={{ width: share(step.overdue) }} />
                  <i className={queue['open']} style={{ width: share(step.open - step.overdue) }} />
                </span>
                <span className="num">{countWords(step)}</span>
                <span className="sr-only">Show the rows</span>
              </button>
            </li>
          ))}
        </ol>
      }
      table={
        <QueueTable
          label="Steps that wait, table"
          of="Step"
          lines={steps.map((step) => ({ ...step, key: step.kind, onRows: () => open(step) }))}
          at={at}
        />
      }
    />
  );
}

/** A table of step by age: it is its own table. */
export function QueueAges({ answer, onOpen }: Props) {
  return (
    <Scroller label="How long it has waited">
      <table className={`${queue['cells']} num`}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {answer.ages.map(({ age, name }) => (
              <th key={age} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.steps.map((step) => (
            <tr key={step.kind}>
              <th scope="row">{step.name}</th>
              {step.ages.map(({ age, open, overdue }) => {
                const ageName = answer.ages.find((each) => each.age === age)?.name ?? age;
                if (open === 0)
                  return (
                    <td key={age} className={queue['none']}>
                      ·
                    </td>
                  );
                return (
                  <td key={age}>
                    <button type="button" onClick={() => onOpen({ kind: step.kind, age, title: `${step.name}: ${ageName.toLowerCase()}` })}>
                      {countText(open)}
                      {overdue === 0 ? '' : ` ▲${countText(overdue)}`}
                      <span className="sr-only">
                        {' '}
                        at {step.name}, {ageName.toLowerCase()}, {countText(overdue)} overdue. Show the rows
                      </span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
