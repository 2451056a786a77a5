/** The clock of the sandbox: read, moved forward and followed. On this machine alone. */
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { z } from 'zod';
import { clockPage } from '../clock/clock-page.ts';
import { millisecondsOf } from '../clock/duration.ts';
import type { ClockState, SandboxClock } from '../clock/sandbox-clock.ts';
import type { Players } from '../players/players.ts';
import { readJson, refuseField } from './json-body.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

/** Fourteen days a minute. */
const USUAL_SPEED = 14 * 24 * 60;
/** By one request; what lies further is asked for again. */
const FARTHEST_MS = 92 * 86_400_000;

/** By which offices and patients act while it goes. */
const Seed = z.string().trim().min(1).max(80);

const moveRequest = z.strictObject({
  forward: z.string().max(20).optional(),
  speed: z.number().min(1).max(USUAL_SPEED).optional(),
  halt: z.literal(true).optional(),
  play: Seed.optional(),
  staff: z.boolean().optional(),
});
const MOVE_USAGE = `{forward: "P14D", speed?: 1 to ${USUAL_SPEED}, play?: a seed, staff?: whether the practice’s own people are played too} or {halt: true}`;

const followRequest = z.strictObject({ name: z.string().min(1).max(80), lived: z.number().int().min(0).optional() });

const FORWARD = 'must be a span such as PT6H, P1D or P14D, of 92 days at most';

type Asked = Context<{ Variables: { clock: SandboxClock } }>;
type Moved = 'begun' | 'under-way' | 'bad-span';

export type ClockDeps = {
  /** Undefined until it is open. */
  clock: () => SandboxClock | undefined;
  /** Without them nobody plays. */
  players?: Players;
  origin: string;
  remoteAddress: RemoteAddress;
};

export function clockRoutes({ clock: opened, players, origin, remoteAddress }: ClockDeps) {
  const routes = new Hono<{ Variables: { clock: SandboxClock } }>();
  for (const path of ['/clock', '/clock/*']) routes.use(path, loopbackOnly(remoteAddress), csrf({ origin }));
  routes.use('/clock/*', async (context, next) => {
    const clock = opened();
    context.header('Cache-Control', 'no-store');
    if (!clock) {
      context.header('Retry-After', '1');
      return context.json({ error: 'unavailable', message: 'The clock is not open yet. Ask again in a moment.' }, 503);
    }
    context.set('clock', clock);
    return next();
  });

  const told = ({ now, aheadMilliseconds, run, followers }: ClockState) => ({
    now: now.toISOString(),
    aheadMilliseconds,
    followers,
    run: run ? { from: run.from.toISOString(), to: run.to.toISOString(), speed: run.speed } : null,
    playing: players?.seed() ?? null,
    staff: players?.withStaff() ?? false,
    played: (players?.played() ?? []).map(({ at, ...act }) => ({ at: at.toISOString(), ...act })),
  });

  /** Where no seed is given nobody plays on this way. */
  function move(
    clock: SandboxClock,
    {
      span,
      speed = USUAL_SPEED,
      play,
      staff = false,
    }: { span: string; speed?: number | undefined; play: string | undefined; staff?: boolean | undefined },
  ): Moved {
    const milliseconds = millisecondsOf(span);
    if (milliseconds === undefined || milliseconds > FARTHEST_MS) return 'bad-span';
    const moved = clock.forward(new Date(clock.now().getTime() + milliseconds), speed);
    if (moved === 'begun') players?.play(play, staff);
    return moved === 'not-ahead' ? 'bad-span' : moved;
  }

  const WORDS: Record<Moved, string> = {
    begun: '',
    'under-way': 'It is on its way already. Wait until it is there, or stop it.',
    'bad-span': `The span ${FORWARD}. Nothing was moved.`,
  };

  const shown = (context: Asked, words: string, status: 200 | 400 | 409 = 200) =>
    context.html(clockPage(context.get('clock').state(), players, words), status);

  routes.get('/clock', (context) =>
    (context.req.header('accept') ?? '').includes('text/html') ? shown(context, '') : context.json(told(context.get('clock').state())),
  );

  async function byForm(context: Asked): Promise<Response> {
    const { forward, halt, play, staff } = await context.req.parseBody();
    const clock = context.get('clock');
    if (halt === 'yes') clock.halt();
    else {
      const seed = Seed.safeParse(play);
      const span = typeof forward === 'string' ? forward : '';
      const moved = move(clock, { span, play: seed.success ? seed.data : undefined, staff: staff === 'yes' });
      if (moved !== 'begun') return shown(context, WORDS[moved], moved === 'under-way' ? 409 : 400);
    }
    return context.redirect('/clock', 303);
  }

  routes.post('/clock', async (context) => {
    if ((context.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) return byForm(context);
    const sent = await readJson(context, moveRequest, MOVE_USAGE);
    if (sent.kind === 'refused') return sent.response;
    const { forward, speed, halt, play, staff } = sent.body;
    if (staff && play === undefined) return refuseField(context, 'play', 'staff is for a play: give its seed as play.');
    if ((forward === undefined) === (halt === undefined)) return refuseField(context, 'forward', `Send ${MOVE_USAGE}.`);
    const clock = context.get('clock');
    if (halt) clock.halt();
    else {
      const moved = move(clock, { span: forward ?? '', speed, play, staff });
      if (moved === 'bad-span') return refuseField(context, 'forward', `forward ${FORWARD}.`);
      if (moved === 'under-way') return context.json({ error: 'conflict', message: WORDS[moved] }, 409);
    }
    return context.json(told(clock.state()), 202);
  });

  // Answers when there is a next step; what is asked says that the last one was lived through.
  routes.post('/clock/followers', async (context) => {
    const sent = await readJson(context, followRequest, '{name, lived?: the number of the step that was lived through}');
    if (sent.kind === 'refused') return sent.response;
    return context.json(await context.get('clock').follow(sent.body.name, sent.body.lived, context.req.raw.signal));
  });
  return routes;
}
