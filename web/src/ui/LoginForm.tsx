import { useSignal } from '@preact/signals';
import type { Account } from '../state/account.ts';
import { Logo } from './parts.tsx';

export function LoginForm({ account }: { account: Account }) {
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    await account.enter(String(form.get('name')), String(form.get('password')));
    busy.value = false;
  };
  const problem = account.problem.value;
  return (
    <main class="login">
      <form onSubmit={submit} aria-describedby={problem ? 'login-problem' : undefined}>
        <h1>
          <Logo /> debugterm
        </h1>
        <p class="dim">The room for when production breaks.</p>
        <label>
          Name
          <input name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" maxLength={256} required />
        </label>
        <button class="primary" disabled={busy.value}>
          {busy.value ? 'Logging in …' : 'Log in'}
        </button>
        <p id="login-problem" class="problem" role="alert">
          {problem}
        </p>
      </form>
    </main>
  );
}
