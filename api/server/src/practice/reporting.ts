/** From the visit to the closed loop: the note comes, is matched, and is read, each of it late or never. */

import { drawsOf } from '@refloop/domain/practice/draws';
import {
  INTERIM_SHARE,
  NEVER_MATCHED_SHARE,
  NEVER_REVIEWED_SHARE,
  NOTE_HOURS,
  REVIEW_HOURS,
  UNMATCHED_SHARE,
  WORK_RATED_SHARE,
  WORK_RATINGS_GIVEN,
} from '@refloop/domain/practice/rates';
import type { Asked } from './course.ts';
import { at, type Course, number, type Walk, working } from './course.ts';
import { expire } from './ending.ts';

/** @param noted whether a final note comes at all */
export function* reported(course: Course, asked: Asked, noted: boolean): Walk {
  const { record, draws } = course;
  const noteAt = working(course, NOTE_HOURS);
  const interimAt = working(course, { median: 16, sigma: 0.8 });
  if (draws.chance(INTERIM_SHARE) && interimAt < noteAt) {
    yield interimAt;
    const reportId = yield* received(course, asked, 'interim');
    if (reportId !== undefined) yield* reviewed(course, reportId);
  }
  if (!noted) {
    yield* expire(course);
    return;
  }
  yield Math.max(noteAt, record.now());
  const reportId = yield* received(course, asked, 'final');
  if (reportId === undefined || draws.chance(NEVER_REVIEWED_SHARE)) {
    yield* expire(course);
    return;
  }
  yield* reviewed(course, reportId);
}

function* reviewed(course: Course, reportId: string): Walk {
  yield working(course, REVIEW_HOURS);
  const { record, clinician, practice } = course;
  record.care({ type: 'review-report', reportId }, clinician.actor);
  // With draws of its own, so that nothing else depends on whether they are asked.
  const draws = drawsOf(`${practice.seed}/${reportId}/work-rated`);
  const [says, score] = [draws.chance(WORK_RATED_SHARE), draws.weighted(WORK_RATINGS_GIVEN)];
  if (says) record.care({ type: 'rate-work', score }, clinician.actor);
}

/** @returns undefined where nobody finds out what it answers */
function* received(course: Course, asked: Asked, form: 'interim' | 'final'): Walk<string | undefined> {
  const { record, draws, coordinator } = course;
  const attempt = number(course);
  const reportId = `${record.id}-a${attempt}-${form}`;
  const matched = !draws.chance(UNMATCHED_SHARE);
  const document = { type: 'DocumentReference', id: reportId };
  record.see({ kind: 'report', attempt, reportId, form, document, fromNpi: asked.performer.npi, matched, at: at(course) });
  if (matched) return reportId;
  if (draws.chance(NEVER_MATCHED_SHARE)) return undefined;
  yield working(course, { median: 7, sigma: 0.9 });
  record.care({ type: 'match-report', reportId, attempt }, coordinator);
  return reportId;
}
