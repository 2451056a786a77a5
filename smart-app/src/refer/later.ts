/** The parts of the Refer page that most referrals do without: not loaded before the list is on screen, then fetched ahead. */
import { laterParts } from '../ui/later-parts.tsx';

const { fetchAhead, part, dialog } = laterParts(() => import('./later-file.ts'));

export const fetchRestOfPage = fetchAhead;

export const CandidateQuestion = part((file) => file.CandidateQuestion);
export const Handout = part((file) => file.Handout);
export const NoteToTake = part((file) => file.NoteToTake);
export const OpenWorkPanel = part((file) => file.OpenWorkPanel);
export const PreparerBar = part((file) => file.PreparerBar);
export const WithdrawApproval = part((file) => file.WithdrawApproval);

export const ExcludedDialog = dialog((file) => file.ExcludedDialog);
export const ReferKeys = dialog((file) => file.ReferKeys);
export const NobodyFits = dialog((file) => file.NobodyFits);
export const ReasonCodesDialog = dialog((file) => file.ReasonCodesDialog);
export const SomeoneElse = dialog((file) => file.SomeoneElse);
