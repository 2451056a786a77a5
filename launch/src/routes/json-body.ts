/** The body of a request of the scripts' routes: read, checked against its shape, and refused with the field to correct. */
import type { Context } from 'hono';
import type { z } from 'zod';

export type JsonBody<Shape> = { kind: 'body'; body: Shape } | { kind: 'refused'; response: Response };

/** What a refused request of these routes is answered: 400 with the field and what to write instead. */
export const refuseField = (context: Context, field: string, message: string): Response =>
  context.json({ error: 'invalid_request', field, message }, 400);

/** @param usage the shape as one reads it, such as `{user, patient?}` */
export async function readJson<Shape>(context: Context, shape: z.ZodType<Shape>, usage: string): Promise<JsonBody<Shape>> {
  const sent: unknown = await context.req.json().catch(() => undefined);
  const parsed = shape.safeParse(sent);
  if (parsed.success) return { kind: 'body', body: parsed.data };
  const issue = parsed.error.issues[0];
  const field = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? 'body') : (issue?.path.join('.') ?? '') || 'body';
  return { kind: 'refused', response: refuseField(context, field, `${issue?.message ?? 'The body is not valid'}. Send ${usage}.`) };
}
