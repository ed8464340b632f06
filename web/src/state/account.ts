/** Who is logged in on this tab, and the token behind it, renewed before anybody notices. */
import { signal } from '@preact/signals';
import { exchange, login, logout, refresh, Refused, takeCode } from '../net/auth.ts';
import type { Granted } from '../protocol/frames.ts';

const EARLY_MS = 60_000;
/** Says that there may be a cookie, so that a first visit does not begin with a refused request. Holds no secret. */
const BEEN_HERE = 'debugterm.been-here';

export class Account {
  readonly login = signal<Granted | null>(null);
  /** Still finding out whether the cookie is good. */
  readonly starting = signal(true);
  readonly problem = signal<string | null>(null);
  /** Called with every newer token. */
  renewed: (token: string) => void = () => {};
  private until = 0;
  private timer = 0;

  /** By the code of the link, else by the cookie; else the form is shown. */
  async start(): Promise<void> {
    const code = takeCode();
    try {
      if (code || localStorage.getItem(BEEN_HERE)) this.accept(await (code ? exchange(code) : refresh()));
    } catch (error) {
      const refused = error as Refused;
      if (code) this.problem.value = `the link no longer works: ${refused.message}`;
      else if (refused.status !== 401 && refused.status !== 400) this.problem.value = refused.message;
    }
    this.starting.value = false;
  }

  async enter(name: string, password: string): Promise<void> {
    this.problem.value = null;
    try {
      this.accept(await login(name, password, new URLSearchParams(location.search).get('env')));
    } catch (error) {
      const { problem } = error as Refused;
      this.problem.value = [problem.why, problem.fix].filter(Boolean).join('; ');
    }
  }

  async leave(why: string | null = null): Promise<void> {
    clearTimeout(this.timer);
    localStorage.removeItem(BEEN_HERE);
    this.login.value = null;
    this.problem.value = why;
    await logout().catch(() => undefined);
  }

  /** A token for the next connection. Throws Refused when the login is over. */
  async token(fresh: boolean): Promise<string> {
    if (fresh || Date.now() > this.until - 5_000) await this.renew();
    return this.login.peek()!.access_token;
  }

  private async renew(): Promise<void> {
    const next = await refresh();
    this.accept(next);
    this.renewed(next.access_token);
  }

  private accept(next: Granted): void {
    this.login.value = next;
    localStorage.setItem(BEEN_HERE, 'yes');
    const life = next.expires_in * 1000;
    this.until = Date.now() + life;
    clearTimeout(this.timer);
    // A failed renewal is no news yet: the hub says so when the old token runs out.
    this.timer = window.setTimeout(() => void this.renew().catch(() => undefined), Math.max(life / 2, life - EARLY_MS));
  }
}
