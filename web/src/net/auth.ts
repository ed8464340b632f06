/** Logging in and staying so: the access token lives in memory, the refresh token in a cookie no script can read. */
import type { Granted, Listing, Problem } from '../protocol/frames.ts';

/** A request that was refused, in the words of the hub. */
export class Refused extends Error {
  readonly problem: Problem;
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(problem.why);
    this.problem = problem;
    this.status = status;
  }
}

function post<T>(path: string, body: object): Promise<T> {
  return call(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** The open sessions of the environment. */
export function sessions(token: string): Promise<Listing> {
  return call('/v1/sessions', { headers: { Authorization: `Bearer ${token}` } });
}

async function call<T>(path: string, request: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...request, credentials: 'same-origin' });
  } catch {
    throw new Refused({ code: 'UNAVAILABLE', why: 'the hub cannot be reached', fix: 'check the network, then try again' }, 0);
  }
  const text = await answer.text();
  let parsed: { error?: Problem } = {};
  try {
    parsed = text ? (JSON.parse(text) as typeof parsed) : {};
  } catch {
    // Not ours: a proxy in between answered.
  }
  if (answer.ok) return parsed as T;
  throw new Refused(parsed.error ?? { code: 'UNAVAILABLE', why: `the hub answered ${answer.status}` }, answer.status);
}

export function login(name: string, password: string, env: string | null): Promise<Granted> {
  return post('/v1/auth/login', { name, password, cookie: true, ...(env ? { env } : {}) });
}

/** Exchange the one-use code of a development link. */
export function exchange(code: string): Promise<Granted> {
  return post('/v1/auth/code', { code, cookie: true });
}

export function logout(): Promise<unknown> {
  return post('/v1/auth/logout', {});
}

/**
 * A new access token by the cookie. Refresh tokens are used once, so tabs take turns: two at a time would look
 * like a stolen token.
 */
export function refresh(): Promise<Granted> {
  const ask = () => post<Granted>('/v1/auth/refresh', {});
  return navigator.locks ? navigator.locks.request('debugterm-refresh', ask) : ask();
}

/** The code of `#code=…`, erased from the address before anything else can read or share it. */
export function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', location.pathname + location.search);
  return code || null;
}
