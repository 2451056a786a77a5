/** What every answer of the EHR tells the browser about what it may do. */
import type { MiddlewareHandler } from 'hono';

/**
 * Pages load nothing but their own files, frame nothing but the app and this server (which the app's frame visits to sign
 * in), and are framed by nobody else. Forms may end at a registered app, because browsers hold a redirect after a form to
 * form-action too. The referrer stays within this server, so that a form's Origin header is sent and no app learns a patient id.
 */
export function securityHeaders(options: { frameOrigins: string[]; formOrigins: string[] }): MiddlewareHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `frame-src ${["'self'", ...options.frameOrigins].join(' ')}`,
    `form-action ${["'self'", ...options.formOrigins].join(' ')}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join('; ');
  return async (context, next) => {
    await next();
    context.header('Content-Security-Policy', policy);
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Referrer-Policy', 'same-origin');
  };
}
