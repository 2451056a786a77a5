/** What `later.ts` loads, in one file: it comes whole or not at all. */
export { CandidateQuestion } from '../approval/CandidateQuestion.tsx';
export { NoteToTake } from '../approval/NoteToTake.tsx';
export { WithdrawApproval } from '../approval/WithdrawApproval.tsx';
export { Handout } from '../handout/Handout.tsx';
export { ExcludedDialog } from '../matching/ExcludedDialog.tsx';
export { NobodyFits } from '../matching/NobodyFits.tsx';
export { SomeoneElse } from '../matching/SomeoneElse.tsx';
export { OpenWorkPanel } from './OpenWorkPanel.tsx';
export { PreparerBar } from './PreparerBar.tsx';
export { ReasonCodesDialog } from './ReasonCodesDialog.tsx';
export { ReferKeys } from './ReferKeys.tsx';
