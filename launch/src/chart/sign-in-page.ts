/** Who sits at the screen: one button per sandbox user, no password, because nothing here is real. */
import { html } from 'hono/html';
import { SANDBOX_USERS } from '../auth/users.ts';
import { type Html, page } from './layout.ts';

/** `action` is where the form goes; `hidden` travels with it; `app` is the app that asked, in a standalone launch. */
export const signInPage = (options: { action: string; hidden?: Record<string, string>; app?: string }): Html =>
  page(
    { title: 'Sign in' },
    html`<section class="panel narrow">
      <h1>Sign in to the sandbox EHR</h1>
      <p>${options.app === undefined ? 'Choose who you are. There is no password: every patient and every user is made up.' : `${options.app} asks you to sign in. Choose who you are; there is no password.`}</p>
      <form method="post" action="${options.action}">
        ${Object.entries(options.hidden ?? {}).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
        <ul class="choices">
          ${SANDBOX_USERS.map(
            (user) => html`<li><button class="choice" type="submit" name="user" value="${user.id}">
              <span class="choice-name">${user.name}</span> <span class="choice-detail">${user.title}</span>
            </button></li>`,
          )}
        </ul>
      </form>
    </section>`,
  );
