// Who is logged in. Tokens live in this module's memory alone: a reload forgets them, nothing stores them.

const listeners = new Set();
let tokens = null;
let refreshing = null;

/** The token that requests carry; null without one. */
export const accessToken = () => tokens?.access ?? null;

/** Whether somebody logged in. */
export const isLoggedIn = () => tokens !== null;

/** The role of who logged in with name and password; null when it is not known. */
export const roleOfSession = () => tokens?.user?.role ?? null;

/** Who is logged in, as `name (role)`; empty when it is not known. */
export const whoIsLoggedIn = () => tokens?.user ? `${tokens.user.name} (${tokens.user.role})` : "";

/** Calls back whenever somebody logs in or out. */
export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes what the server gave at a login or a refresh. */
function keep(body) {
  tokens = body?.access_token ? { access: body.access_token, refresh: body.refresh_token ?? null, user: body.user ?? null } : null;
  for (const listener of [...listeners]) listener(tokens !== null);
}

/** Logs in with name and password. Throws what `send` throws. */
export async function logIn(send, username, password) {
  keep(await send("POST", "/api/v1/auth/login", { body: { username, password }, isPublic: true }));
}

/** Uses a token that somebody has, as machines do. */
export function useToken(token) {
  keep({ access_token: token });
}

/** Gets a new access token; false when that is not possible. All that ask at one time share one request. */
export async function refresh(send) {
  if (!tokens?.refresh) return false;
  refreshing ??= (async () => {
    try {
      keep(await send("POST", "/api/v1/auth/refresh", { body: { refresh_token: tokens.refresh }, isPublic: true }));
      return true;
    } catch {
      keep(null);
      return false;
    } finally {
      refreshing = null;
    }
  })();
  return refreshing;
}

/** Logs out here, and tells the server so that the refresh token is worth nothing any more. */
export async function logOut(send) {
  const refreshToken = tokens?.refresh;
  try {
    if (refreshToken) await send("POST", "/api/v1/auth/logout", { body: { refresh_token: refreshToken } });
  } finally {
    keep(null);
  }
}
