/** What this site words and shows in its own way, with versions; administrators change it by a new version. */
import { type ConfigurationContent, inOrder } from '@refloop/domain/configuration/configuration';
import { faultsIn } from '@refloop/domain/configuration/configuration-faults';
import type { ConfigurationAnswer, ConfigurationPreview } from '@refloop/server/client/configuration';
import { useMemo, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { ReviewDialog } from '../versions/ReviewDialog.tsx';
import { VersionHead } from '../versions/VersionHead.tsx';
import { VersionList } from '../versions/VersionList.tsx';
import versions from '../versions/Versions.module.css';
import { AuthorizationPart } from './AuthorizationPart.tsx';
import { MessagesPart } from './MessagesPart.tsx';
import { PracticePart } from './PracticePart.tsx';
import { StatusesPart } from './StatusesPart.tsx';

/** @param item the version that is looked at; the one in force unless it is a number */
type Props = CenterProps & { item: string | undefined; onNames: () => void };

export default function ConfigurationPage({ item, onNames, ...props }: Props) {
  const path = item !== undefined && /^\d{1,6}$/.test(item) ? `/configuration/versions/${item}` : '/configuration';
  const [answer, refresh] = useAnswer<ConfigurationAnswer>(props.api, path, props.onFail);
  const [notice, setNotice] = useState('');
  const onKept = ({ made }: ConfigurationAnswer) => {
    setNotice(`Version ${made.version} is in force.`);
    onNames();
    if (path === '/configuration') refresh();
    else location.hash = '#configuration';
  };
  return (
    <main className={center['page']}>
      <div className={center['head']}>
        <h1>Configuration</h1>
        <output className="caption">{notice}</output>
      </div>
      <AnswerView answer={answer} onRetry={refresh}>
        {(configuration) => <Shown key={configuration.made.version} {...props} answer={configuration} onKept={onKept} />}
      </AnswerView>
    </main>
  );
}

type ShownProps = CenterProps & { answer: ConfigurationAnswer; onKept: (answer: ConfigurationAnswer) => void };

const same = (left: ConfigurationContent, right: ConfigurationContent): boolean =>
  JSON.stringify(inOrder(left)) === JSON.stringify(inOrder(right));

function Shown({ api, onFail, answer, onKept }: ShownProps) {
  const { made, inForce, mayChange, content: kept, entry, address } = answer;
  const [draft, setDraft] = useState<ConfigurationContent>(kept);
  const [reviewing, setReviewing] = useState(false);
  const content = useMemo(() => inOrder(draft), [draft]);
  const faults = useMemo(() => faultsIn(content, { address, practice: entry.name }), [content, address, entry.name]);
  const faultOf = (field: string): string | undefined =>
    faults
      .filter((fault) => fault.field === field)
      .map(({ message, fix }) => `${message} ${fix}`)
      .join(' ') || undefined;
  const changes = mayChange && made.version === inForce;
  const part = { answer, content: draft, changes, faultOf, onChange: setDraft };
  return (
    <>
      <VersionHead
        made={made}
        inForce={inForce}
        mayChange={mayChange}
        changed={!same(draft, kept)}
        onReview={() => setReviewing(true)}
        onTakeBack={() => setDraft(kept)}
      >
        A change is in force at once. A message that was already asked for keeps the words it had.
      </VersionHead>
      <PracticePart {...part} />
      <MessagesPart {...part} />
      <AuthorizationPart {...part} />
      <StatusesPart {...part} />
      <section className={versions['part']} aria-labelledby="rules">
        <h2 id="rules">Rules and calendars</h2>
        <p>
          How long each stage may take, whom its steps reach, for whom another time holds and when the practice is open:{' '}
          <a href="#service-levels">Service levels</a>, in versions of the same kind.
        </p>
      </section>
      <VersionList place="configuration" versions={answer.versions} shown={made.version} />
      {reviewing ? (
        <ReviewDialog<ConfigurationPreview, ConfigurationAnswer>
          api={api}
          onFail={onFail}
          path="/configuration"
          base={inForce}
          content={content}
          because={made.version === inForce ? '' : `Back to version ${made.version}.`}
          reach={() => 'Pages show it when they are next opened; messages say it from now on.'}
          noValue="as Refloop comes"
          onKept={onKept}
          onClose={() => setReviewing(false)}
        />
      ) : null}
    </>
  );
}
