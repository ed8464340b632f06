import { h, type ComponentType } from 'preact';
import { useSignal } from '@preact/signals';

type Module<N extends string, P> = Record<N, ComponentType<P>>;

/** A component whose code comes when it is first shown, or when `fetch` asks for it; nothing is drawn until then. */
export function lazy<N extends string, P extends object>(
  load: () => Promise<Module<N, P>>,
  name: N,
): ComponentType<P> & { fetch(): Promise<void> } {
  let ready: ComponentType<P> | null = null;
  const fetch = async () => {
    ready ??= (await load())[name];
  };
  const component = (props: P) => {
    const loaded = useSignal(ready !== null);
    void loaded.value;
    if (ready) return h(ready, props);
    void fetch().then(() => (loaded.value = true));
    return null;
  };
  return Object.assign(component, { fetch });
}
