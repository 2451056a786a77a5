/** The EHR's own pages: sign-in, patients, charts, and the page that shows the app. */
import type { DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import type { RegisteredClient } from '../auth/clients.ts';
import { createLaunch, findLaunch, type LaunchContext } from '../auth/launches.ts';
import { type EhrSession, endSession, findSession, SESSION_LIFETIME_SECONDS, startSession } from '../auth/sessions.ts';
import { findListedUser, practitionerReference, type SandboxUser } from '../auth/users.ts';
import type { Cards, CdsClient } from '../cds/cds-client.ts';
import { appPage } from '../chart/app-page.ts';
import { ASSETS } from '../chart/assets.ts';
import { loadBanner } from '../chart/banner.ts';
import { chartPage, sectionPage } from '../chart/chart-page.ts';
import { documentPage, loadContent } from '../chart/document-page.ts';
import { findResource } from '../chart/find.ts';
import { loadLastWritings } from '../chart/last-writing.ts';
import { messagePage } from '../chart/layout.ts';
import { orderPage } from '../chart/order-page.ts';
import { signOrder } from '../chart/order-signing.ts';
import { takeSuggestion } from '../chart/order-suggestion.ts';
import { loadOrders, type OrderRow } from '../chart/orders.ts';
import { patientListPage } from '../chart/patient-list-page.ts';
import { countDraftOrders, searchPatients } from '../chart/patient-search.ts';
import { loadReferenceNames } from '../chart/reference-names.ts';
import { belongsTo, findSection, SECTIONS } from '../chart/sections.ts';
import { signInPage } from '../chart/sign-in-page.ts';
import { idIn } from '../chart/wording.ts';
import { isUnsigned } from '../fhir/order-signature.ts';
import type { Repository, Stored } from '../fhir/repository.ts';
import type { ModeName } from '../modes/modes.ts';
import { checkLaunch, launchUrl } from './launches.ts';

/** Cookies know no ports, so the name keeps it apart from other things on localhost. */
const SESSION_COOKIE = 'sandbox_ehr_session';
const ROWS_IN_CHART = 12;
const ROWS_IN_SECTION = 100;
/** As the CDS client takes it from a card. */
const LONGEST_APP_CONTEXT = 2000;

/** The order in a suggestion's form; undefined where there is none. */
function orderIn(text: string): Partial<ServiceRequest> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

type SignedIn = { Variables: { session: EhrSession } };

const noStore: MiddlewareHandler = async (context, next) => {
  await next();
  context.header('Cache-Control', 'no-store');
};

export function chartRoutes(
  server: AuthorizationServer,
  fhirBaseOf: (mode: ModeName) => string,
  repository: Repository,
  app: RegisteredClient & { launchUrl: string },
  cds?: CdsClient,
): Hono {
  const routes = new Hono();
  const appNameOf = (clientId: string): string => server.clients.find((client) => client.clientId === clientId)?.name ?? clientId;
  routes.get('/chart/:file', (context) => {
    const asset = ASSETS.get(context.req.param('file'));
    if (!asset) return context.notFound();
    context.header('Cache-Control', 'no-cache');
    context.header('Content-Type', asset.contentType);
    return context.body(asset.body);
  });

  const sessionOf = (context: Context): Promise<EhrSession | undefined> => {
    const secret = getCookie(context, SESSION_COOKIE);
    return secret === undefined ? Promise.resolve(undefined) : findSession(server.pool, secret, server.machineTime());
  };

  const pages = new Hono<SignedIn>();
  // By another name of this machine the app's frame would be no other site, and the session cookie another one.
  pages.use(async (context, next) => {
    const url = new URL(context.req.url);
    if (url.origin === server.issuer || context.req.method !== 'GET') return next();
    return context.redirect(`${server.issuer}${url.pathname}${url.search}`);
  });
  pages.use(noStore, csrf({ origin: server.issuer }));
  pages.get('/sign-in', (context) => context.html(signInPage({ action: '/sign-in' })));
  pages.post('/sign-in', async (context) => {
    const named = (await context.req.parseBody())['user'];
    const user = typeof named === 'string' ? findListedUser(named) : undefined;
    if (!user) return context.html(signInPage({ action: '/sign-in' }), 400);
    setCookie(context, SESSION_COOKIE, await startSession(server.pool, user, server.machineTime()), {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      maxAge: SESSION_LIFETIME_SECONDS,
    });
    return context.redirect('/patients', 303);
  });

  pages.use(async (context, next) => {
    const session = await sessionOf(context);
    if (!session) return context.redirect('/sign-in', 303);
    context.set('session', session);
    return next();
  });
  pages.post('/sign-out', async (context) => {
    await endSession(server.pool, context.get('session').digest, server.machineTime());
    deleteCookie(context, SESSION_COOKIE, { path: '/' });
    return context.redirect('/sign-in', 303);
  });
  pages.get('/', (context) => context.redirect('/patients', 303));

  pages.get('/patients', async (context) => {
    const typed = context.req.query('q') ?? '';
    const cursor = context.req.query('cursor') || undefined;
    const found = await searchPatients(repository, typed, cursor);
    const draftOrders = await countDraftOrders(repository, found.patients);
    return context.html(
      patientListPage({
        user: context.get('session').user,
        typed,
        started: cursor !== undefined,
        found,
        draftOrders,
        today: server.now(),
      }),
    );
  });

  const noSuch = (context: Context<SignedIn>, what: string) =>
    context.html(
      messagePage({
        title: `No such ${what}`,
        message: `This address names no ${what} of the chart.`,
        user: context.get('session').user,
        back: { href: '/patients', label: 'Patients' },
      }),
      404,
    );
  const patientOf = (context: Context<SignedIn>): Promise<Stored<Patient> | undefined> =>
    findResource<Patient>(repository, 'Patient', context.req.param('patient') ?? '');

  pages.get('/patients/:patient', async (context) => {
    const patient = await patientOf(context);
    if (!patient) return noSuch(context, 'patient');
    const [banner, orders, ...sections] = await Promise.all([
      loadBanner(repository, patient),
      loadOrders(repository, patient.id, appNameOf),
      ...SECTIONS.map((section) => section.load(repository, patient.id, ROWS_IN_CHART)),
    ]);
    return context.html(chartPage({ user: context.get('session').user, banner, orders, sections, today: server.now() }));
  });

  pages.get('/patients/:patient/:section', async (context) => {
    const [patient, section] = [await patientOf(context), findSection(context.req.param('section'))];
    if (!patient || !section) return noSuch(context, patient ? 'section' : 'patient');
    const cursor = context.req.query('cursor') || undefined;
    return context.html(
      sectionPage({
        user: context.get('session').user,
        banner: await loadBanner(repository, patient),
        section: await section.load(repository, patient.id, ROWS_IN_SECTION, cursor),
        started: cursor !== undefined,
        today: server.now(),
      }),
    );
  });

  const documentOf = async (context: Context<SignedIn>, patientId: string): Promise<Stored<DocumentReference> | undefined> => {
    const document = await findResource<DocumentReference>(repository, 'DocumentReference', context.req.param('document') ?? '');
    return document && belongsTo(document.subject, patientId) ? document : undefined;
  };

  /** An order that is opened while it is a draft is chosen, one that waits for a signature is about to get it; others are neither. */
  async function cardsFor(user: SandboxUser, patientId: string, rows: OrderRow[], { order }: OrderRow): Promise<Cards | undefined> {
    if (!cds || order.status !== 'draft') return undefined;
    const encounterId = idIn(order.encounter, 'Encounter');
    const who = { userId: practitionerReference(user), patientId, ...(encounterId === undefined ? {} : { encounterId }) };
    const bundleOf = (orders: OrderRow[]) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: orders.map((row) => ({ resource: row.order })),
    });
    if (isUnsigned(order))
      return cds.cards('order-sign', { ...who, draftOrders: bundleOf(rows.filter((row) => row.order.id === order.id)) });
    const drafts = bundleOf(rows.filter((row) => row.order.status === 'draft'));
    return cds.cards('order-select', { ...who, selections: [`ServiceRequest/${order.id}`], draftOrders: drafts });
  }

  pages.get('/patients/:patient/orders/:order', async (context) => {
    const { user } = context.get('session');
    const patient = await patientOf(context);
    const rows = patient ? await loadOrders(repository, patient.id, appNameOf) : [];
    const row = rows.find(({ order }) => order.id === context.req.param('order'));
    if (!patient || !row) return noSuch(context, 'order');
    const [banner, cards] = await Promise.all([loadBanner(repository, patient), cardsFor(user, patient.id, rows, row)]);
    return context.html(orderPage({ user, banner, row, cards, today: server.now() }));
  });

  pages.get('/patients/:patient/documents/:document', async (context) => {
    const patient = await patientOf(context);
    const document = patient && (await documentOf(context, patient.id));
    if (!patient || !document) return noSuch(context, 'document');
    const nameOf = await loadReferenceNames(repository, document.author ?? []);
    const writingOf = await loadLastWritings(repository, [document], appNameOf);
    return context.html(
      documentPage({
        user: context.get('session').user,
        banner: await loadBanner(repository, patient),
        document,
        authors: (document.author ?? []).map(nameOf).join(', '),
        content: await loadContent(repository, document.content[0]?.attachment),
        written: writingOf(document),
        today: server.now(),
      }),
    );
  });

  pages.get('/patients/:patient/documents/:document/content', async (context) => {
    const document = await documentOf(context, context.req.param('patient'));
    const content = document && (await loadContent(repository, document.content[0]?.attachment));
    if (!content) return noSuch(context, 'document');
    // Whatever it is, the browser saves it and shows nothing of it as a page of this server.
    context.header('Content-Disposition', 'attachment');
    context.header('Content-Type', content.contentType);
    return context.body(new Uint8Array(content.bytes));
  });

  /** Opens the app in a launch of this session; the page shows it, and again after a reload. */
  const open = async (context: Context<SignedIn>, launch: Omit<LaunchContext, 'clientId' | 'sessionDigest'>): Promise<Response> => {
    const session = context.get('session');
    const { id } = await createLaunch(
      server.pool,
      { ...launch, clientId: app.clientId, sessionDigest: session.digest },
      server.machineTime(),
    );
    return context.redirect(`/app/${id}`, 303);
  };

  pages.post('/patients/:patient/launch', async (context) => {
    const order = (await context.req.parseBody())['order'];
    const check = await checkLaunch(repository, {
      user: context.get('session').user.id,
      patient: context.req.param('patient'),
      ...(typeof order === 'string' && order !== '' ? { order } : {}),
    });
    if (check.kind === 'refused') return noSuch(context, check.field);
    // The chart shows the patient above the app, so the app need not.
    return open(context, { ...check.context, needPatientBanner: false });
  });

  /** Only what this EHR has registered is opened, whatever a card says; what it hands on is the app's to understand. */
  pages.post('/patients/:patient/orders/:order/cards/launch', async (context) => {
    const { url, appContext } = await context.req.parseBody();
    if (url !== app.launchUrl || (appContext !== undefined && (typeof appContext !== 'string' || appContext.length > LONGEST_APP_CONTEXT)))
      return noSuch(context, 'app');
    const check = await checkLaunch(repository, { user: context.get('session').user.id, patient: context.req.param('patient') });
    if (check.kind === 'refused') return noSuch(context, check.field);
    return open(context, { ...check.context, ...(appContext === undefined ? {} : { appContext }), needPatientBanner: false });
  });

  pages.post('/patients/:patient/orders/:order/cards/suggestion', async (context) => {
    const { service, card, suggestion, order: suggested } = await context.req.parseBody();
    const { patient, order } = context.req.param();
    const { user } = context.get('session');
    const back = { href: `/patients/${patient}/orders/${order}`, label: 'Back to the order' };
    const refused = (message: string, status: 400 | 403 | 409) =>
      context.html(messagePage({ title: 'The order is as it was', message, user, back }), status);
    const read = typeof suggested === 'string' ? orderIn(suggested) : undefined;
    if (!read) return refused('The card does not say what the order is to become.', 400);
    switch (await takeSuggestion(repository, user, patient, order, read)) {
      case 'taken':
        if (cds && typeof service === 'string' && typeof card === 'string' && typeof suggestion === 'string' && card && suggestion)
          await cds.accept(service, card, suggestion);
        return context.redirect(back.href, 303);
      case 'no-such-order':
        return noSuch(context, 'order');
      case 'not-a-draft':
        return refused('Only a draft is changed from a card; this order is none any more.', 409);
      case 'not-allowed':
        return refused('A clinician must take it.', 403);
      case 'not-of-this-order':
        return refused('What the card suggests is not this order, or would sign it or move it to another patient.', 400);
      case 'changed-meanwhile':
        return refused('The order was changed since the card was shown. Read both again.', 409);
    }
  });

  pages.post('/patients/:patient/orders/:order/cards/dismissal', async (context) => {
    const { service, card, reason } = await context.req.parseBody();
    const { patient } = context.req.param();
    if (cds && typeof service === 'string' && typeof card === 'string') {
      const [system, code] = typeof reason === 'string' ? reason.split('|', 2) : [];
      await cds.dismiss(service, card, system === undefined || code === undefined ? undefined : { system, code });
    }
    return context.redirect(`/patients/${encodeURIComponent(patient)}#orders`, 303);
  });

  pages.post('/patients/:patient/orders/:order/sign', async (context) => {
    const { patient, order } = context.req.param();
    const { user } = context.get('session');
    const back = { href: `/patients/${patient}#orders`, label: 'Back to the chart' };
    const refused = (message: string, status: 403 | 409) =>
      context.html(messagePage({ title: 'The order is not signed', message, user, back }), status);
    switch (await signOrder(repository, user, patient, order)) {
      case 'signed':
        return context.redirect(`/patients/${patient}`, 303);
      case 'no-such-order':
        return noSuch(context, 'order');
      case 'not-waiting':
        return refused('This order does not wait for a signature: it was signed before, or it was changed.', 409);
      case 'not-allowed':
        return refused('A clinician must sign it.', 403);
      case 'changed-meanwhile':
        return refused('The order was changed while it was being signed. Read it again, then sign.', 409);
    }
  });

  pages.post('/referral-center', (context) =>
    open(context, {
      userId: context.get('session').user.id,
      mode: 'full',
      faults: [],
      intent: 'referral-center',
      needPatientBanner: false,
    }),
  );

  pages.get('/app/:launch', async (context) => {
    const session = context.get('session');
    const launch = await findLaunch(server.pool, context.req.param('launch'), session.digest);
    if (!launch) return noSuch(context, 'app window');
    const patient = launch.patientId === undefined ? undefined : await findResource<Patient>(repository, 'Patient', launch.patientId);
    const { handle } = await createLaunch(server.pool, launch, server.machineTime());
    return context.html(
      appPage({
        user: session.user,
        app: app.name,
        url: launchUrl(app, fhirBaseOf(launch.mode), handle),
        back: patient ? `/patients/${patient.id}` : '/patients',
        ...(patient ? { banner: await loadBanner(repository, patient) } : {}),
        today: server.now(),
      }),
    );
  });

  routes.route('/', pages);
  return routes;
}
