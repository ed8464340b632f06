/** From an empty page to the room: find out who this is, then open the session of the address. */
import { useEffect, useMemo } from 'preact/hooks';
import { Account } from '../state/account.ts';
import { here } from '../state/place.ts';
import { Room } from '../state/room.ts';
import { lazy } from './lazy.ts';
import { RoomView } from './RoomView.tsx';

const LoginForm = lazy(() => import('./LoginForm.tsx'), 'LoginForm');

const account = new Account();
void account.start();

export function App() {
  if (account.starting.value) return <main class="start" aria-busy="true" />;
  const login = account.login.value;
  if (!login) return <LoginForm account={account} />;
  const { human, name, env } = login;
  return <InRoom key={`${human} ${env}`} human={human} name={name} env={env} />;
}

function InRoom({ human, name, env }: { human: string; name: string; env: string }) {
  const room = useMemo(() => {
    const { session, query } = here();
    return new Room({ human, name, env }, session, query, (fresh) => account.token(fresh));
  }, []);
  useEffect(() => {
    account.renewed = (token) => room.renew(token);
    room.start();
    return () => room.stop();
  }, []);
  return <RoomView room={room} leave={(why) => void account.leave(why ?? null)} />;
}
