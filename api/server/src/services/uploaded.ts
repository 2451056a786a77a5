import { KEPT_HERE } from '@refloop/domain/referral/report';

export const UPLOADED = KEPT_HERE;
